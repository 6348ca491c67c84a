import { describe, expect, it } from 'vitest';
import {
  type AnyTransitionDefinition,
  createActor,
  fromCallback,
  type InspectionEvent,
  type SnapshotFrom,
} from 'xstate';
import { circuitBreakerMachine } from '../../machines/index.ts';
import { breakerLogic } from '../../src/breaker/breaker-logic.ts';
import { DeadlineClock } from '../../src/breaker/deadline-clock.ts';
import { keepDelayedEvents } from '../../src/breaker/delayed-events.ts';
import { explorePaths, type Path } from '../../src/testing/index.ts';
import { TestClock } from '../support/breaker.ts';
import { eventsIn, NEW_BREAKERS, RESTORED_BREAKERS, stateOf, type Variant } from './breaker-cases.ts';

// The actor of a breaker takes what stays in its state, and keeps its delayed events, by means of our own. On every path
// of the chart it is held against XState's actor of the same chart: what inspectors, subscribers and listeners see of
// both, event by event, is the same.

type Snapshot = SnapshotFrom<typeof circuitBreakerMachine>;

const seen = ({ value, status, context }: Snapshot) => {
  const { random, policy, memory, ...rest } = context;
  return { value, status, ...rest };
};

/** What an inspector is told, without what names the one actor or the other. */
function told(inspection: InspectionEvent): object {
  const { type } = inspection;
  if (type === '@xstate.event')
    return { type, event: inspection.event, isOwn: inspection.sourceRef === inspection.actorRef };
  if (type === '@xstate.action') return { type, action: inspection.action };
  if (type === '@xstate.actor') return { type };
  const { event, snapshot } = inspection;
  const { _transitions = [] } = inspection as { _transitions?: readonly AnyTransitionDefinition[] };
  const taken = _transitions.map(({ source, eventType, guard, target }) => [
    source.key,
    eventType,
    guard,
    target?.length,
  ]);
  return { type, event, snapshot: seen(snapshot as Snapshot), taken };
}

/** Who asks by message: one for all, since messages name it. */
const asker = createActor(fromCallback(({ receive }) => receive((answer) => heard.push(answer)))).start();
let heard: unknown[] = [];

/** An actor of the chart on a clock that stands still, with all that can be seen of it. */
function newSubject(kind: 'ours' | 'of XState', { policy, memory }: Variant) {
  const clock = new TestClock();
  const deadlines = new DeadlineClock(clock);
  const log: unknown[] = [];
  const actor = createActor(kind === 'ours' ? breakerLogic : circuitBreakerMachine, {
    clock: kind === 'ours' ? deadlines : (clock as never),
    input: { policy, memory },
    inspect: (inspection) => log.push(told(inspection)),
  });
  if (kind === 'ours') keepDelayedEvents(actor, deadlines);
  actor.on('*', (change) => log.push(change));
  actor.subscribe((snapshot) => log.push(seen(snapshot)));
  actor.start();
  const scheduled = () =>
    Object.values((actor.system as unknown as System).getSnapshot()._scheduledEvents).map(
      ({ id, event, delay, source, target }) => ({
        id,
        event,
        delay,
        isOwn: source === actor && target === actor,
      }),
    );
  return { actor, clock, log, scheduled };
}

interface System {
  getSnapshot(): {
    readonly _scheduledEvents: Readonly<
      Record<string, { id: string; event: object; delay: number; source: unknown; target: unknown }>
    >;
  };
}

function walk(kind: 'ours' | 'of XState', variant: Variant, path: Path<typeof circuitBreakerMachine>) {
  const { actor, clock, log, scheduled } = newSubject(kind, variant);
  heard = log;
  for (const { event, at, comesByTime } of [...path.approach, path.edge]) {
    clock.set(at);
    if (!comesByTime) actor.send(event);
    log.push(scheduled());
  }
  // What no path does: to ask by message, and to be stopped.
  actor.send({ type: 'PERMIT', id: 'asked', replyTo: asker });
  log.push(scheduled());
  actor.stop();
  return [...log, scheduled(), clock.pending];
}

describe('ours does what XState does, on every path', () => {
  it.each([...NEW_BREAKERS, ...RESTORED_BREAKERS])('with $title', (variant) => {
    const paths = explorePaths(circuitBreakerMachine, {
      input: { policy: variant.policy, memory: variant.memory },
      events: eventsIn,
      serializeState: stateOf,
    });
    expect(paths.length).toBeGreaterThan(100);
    for (const path of paths)
      expect(walk('ours', variant, path), path.title).toEqual(walk('of XState', variant, path));
  });
});
