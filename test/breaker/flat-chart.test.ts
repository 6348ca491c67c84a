import { describe, expect, it, vi } from 'vitest';
import {
  type AnyActorLogic,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  assign,
  cancel,
  createActor,
  createMachine,
  emit,
  enqueueActions,
  fromCallback,
  type InspectionEvent,
  not,
  raise,
  SimulatedClock,
  sendTo,
  spawnChild,
} from 'xstate';
import { FlatChart } from '../../src/breaker/flat-chart.ts';

// Charts that are not the breaker's. Whatever a chart does, it is done as XState does it: by FlatChart, or by XState.

type Context = { readonly count: number; readonly note?: string };

/** How many lots were drawn. */
let drawn = 0;
const draw = assign({
  count: () => {
    drawn += 1;
    return drawn;
  },
});

const child = fromCallback(() => {});
const replyTo = createActor(child).start();

/** A chart around what one state says to the event GO. */
const chart = (go: object | string, more: { state?: object; root?: object; implementations?: object } = {}) =>
  createMachine(
    {
      context: { count: 1 },
      initial: 'a',
      ...more.root,
      states: {
        a: { on: { GO: go }, ...more.state },
        b: { entry: 'add', after: { 50: 'a' }, on: { BACK: 'a' } },
        leaving: { always: 'b' },
        nested: { initial: 'x', states: { x: {} } },
        end: { type: 'final' },
      },
    } as never,
    {
      actions: {
        add: assign(({ context }) => ({ count: (context as Context).count + 1 })),
        note: assign({ note: ({ context }) => `after ${(context as Context).count}` }),
        custom: () => {},
        broken: assign(() => {
          throw new Error('a broken action');
        }),
        ...more.implementations,
      },
      guards: {
        never: () => false,
        notNever: not('never'),
        broken: () => {
          throw new Error('a broken guard');
        },
      },
      delays: { soon: 10, later: ({ context }: { context: Context }) => context.count * 100 },
      actors: { child },
    } as never,
  ) as unknown as AnyStateMachine;

function told(inspection: InspectionEvent): object {
  const { type } = inspection;
  if (type === '@xstate.action') return { type, action: inspection.action };
  if (type === '@xstate.actor') return { type };
  if (type === '@xstate.event') return { type, event: inspection.event };
  const { event, snapshot } = inspection;
  const { value, context, status } = snapshot as { value?: unknown; context?: unknown; status: string };
  const { _transitions = [] } = inspection as { _transitions?: readonly AnyTransitionDefinition[] };
  return { type, event, value, context, status, taken: _transitions.map(({ source }) => source.key) };
}

/** What happens to an actor of the chart: all that inspectors, listeners and subscribers see, and its timers. */
function happensTo(logic: AnyActorLogic): readonly unknown[] {
  drawn = 0;
  const clock = new SimulatedClock();
  const log: unknown[] = [];
  const actor = createActor(logic, {
    id: 'subject',
    clock,
    inspect: (inspection) => log.push(told(inspection)),
  });
  actor.on('*', (event) => log.push(event));
  actor.subscribe({
    next: ({ value, context, children }) => log.push({ value, context, children: Object.keys(children) }),
    error: (error) => log.push(error),
  });
  actor.start();
  for (const event of [
    { type: 'GO' },
    { type: 'UNHEARD' },
    { type: 'GO', by: 'hand' },
    { type: 'BACK' },
    { type: 'GO' },
  ]) {
    actor.send(event);
    const timers = (
      actor.system as unknown as { getSnapshot(): { _scheduledEvents: Record<string, TimerLike> } }
    ).getSnapshot();
    log.push(Object.values(timers._scheduledEvents).map(({ id, delay, event }) => ({ id, delay, event })));
    clock.increment(5);
  }
  clock.increment(1_000);
  const { status, value, context } = actor.getSnapshot();
  return plain([...log, { status, value, context }]);
}

/** Without what names one actor or the other: an actor is told by its id. */
const plain = (log: readonly unknown[]): readonly unknown[] =>
  JSON.parse(JSON.stringify(log, (_key, value) => (value instanceof Error ? value.message : value)));

interface TimerLike {
  readonly id: string;
  readonly delay: number;
  readonly event: object;
}

/** The chart as the logic of an actor, and how often XState was asked to take a transition. */
function flat(machine: AnyStateMachine) {
  const asked = vi.spyOn(machine, 'transition');
  const taken = new FlatChart(machine);
  const logic = Object.create(machine, {
    transition: { value: (...step: Parameters<AnyStateMachine['transition']>) => taken.take(...step) },
    getInitialSnapshot: {
      value: (...args: Parameters<AnyStateMachine['getInitialSnapshot']>) => taken.initial(...args),
    },
  }) as AnyStateMachine;
  return { logic, asked };
}

const queue = enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ count: (context as Context).count + 10 });
  enqueue('add' as never);
});

const queueBuiltIns = enqueueActions(({ context, enqueue }) => {
  enqueue.assign(({ context }) => ({ count: (context as Context).count + 10 }));
  enqueue.assign({ note: `before ${(context as Context).count}` });
  enqueue.raise({ type: 'LATER' }, { id: 'timer', delay: 'soon' as never });
  enqueue.cancel('timer');
  enqueue.raise({ type: 'LATER' }, { id: 'timer', delay: 20 });
  enqueue.emit({ type: `told ${(context as Context).count}` });
  enqueue(assign({ count: 100 }) as never);
});

const OURS = {
  'nothing at all': chart({}),
  'a guard that does not hold, and a second candidate': chart([
    { guard: 'never', target: 'b' },
    { actions: 'add' },
  ]),
  'assignments one after the other': chart({ actions: ['add', 'note', 'add'] }),
  'a delayed event, by name and by context': chart(
    { actions: ['plan', 'add', 'plan'] },
    {
      implementations: { plan: raise({ type: 'LATER' }, { id: 'timer', delay: 'later' as never }) },
    },
  ),
  'an event made from the context, delayed, and cancelled by a name that is made, too': chart(
    { actions: ['plan', 'drop'] },
    {
      implementations: {
        plan: raise(({ context }) => ({ type: 'LATER', count: (context as Context).count }), {
          id: 't',
          delay: () => 30,
        }),
        drop: cancel(() => 't'),
      },
    },
  ),
  'all that can be queued': chart({ actions: 'queue' }, { implementations: { queue: queueBuiltIns } }),
  'an announcement': chart({ actions: 'tell' }, { implementations: { tell: emit({ type: 'told' }) } }),
  'a lot that is drawn on the way to another state, once': chart(
    { target: 'b', actions: 'draw' },
    { implementations: { draw } },
  ),
  'a change of state, with a delayed transition back': chart({ target: 'b', actions: 'add' }),
} as const;

const LEFT_TO_XSTATE = {
  'an action of its own': chart({ actions: 'custom' }),
  'an action that is not there': chart({ actions: 'missing' }),
  'an action that is queued by name': chart({ actions: 'queue' }, { implementations: { queue } }),
  'an event that is raised at once': chart(
    { actions: 'go' },
    { implementations: { go: raise({ type: 'BACK' }) } },
  ),
  'a message': chart({ actions: 'ask' }, { implementations: { ask: sendTo(replyTo, { type: 'X' }) } }),
  'a message that is queued': chart(
    { actions: 'ask' },
    {
      implementations: { ask: enqueueActions(({ enqueue }) => enqueue.sendTo(replyTo, { type: 'X' })) },
    },
  ),
  'a child': chart(
    { actions: 'raise one' },
    { implementations: { 'raise one': spawnChild('child' as never, { id: 'c' }) } },
  ),
  'a child, and a change of state that leaves it': chart(
    { target: 'b', actions: 'raise one' },
    { implementations: { 'raise one': spawnChild('child' as never, { id: 'c' }) } },
  ),
  'a child in an assignment': chart(
    { actions: 'raise one' },
    {
      implementations: {
        'raise one': assign(({ spawn }) => {
          spawn('child' as never, { id: 'own' } as never);
          return { note: 'spawned' };
        }),
      },
    },
  ),
  'a guard that asks within a queue': chart(
    { actions: 'queue' },
    {
      implementations: {
        queue: enqueueActions(({ check, enqueue }) => {
          if (!check('never' as never)) enqueue.assign({ count: 7 });
        }),
      },
    },
  ),
  'a guard made of another': chart({ guard: not('never'), actions: 'add' }),
  'a guard made of another, by its name': chart({ guard: 'notNever', actions: 'add' }),
  'a guard that is not there': chart({ guard: 'missing', actions: 'add' }),
  'a guard that throws': chart({ guard: 'broken', actions: 'add' }),
  'an action that throws': chart({ actions: ['add', 'broken'] }),
  'a state that is left at once': chart('leaving'),
  'a state with children': chart('nested'),
  'the end': chart('end'),
  'itself, left and entered again': chart({ target: 'a', reenter: true }),
  'itself, as a target': chart({ target: 'a', actions: 'add' }),
  'a state with an actor': chart({ actions: 'add' }, { state: { invoke: { src: 'child' } } }),
  'a state that listens to all': chart(
    { actions: 'add' },
    { state: { on: { GO: { actions: 'add' }, '*': { actions: 'note' } } } },
  ),
  'a chart that listens itself': chart(
    { actions: 'add' },
    { root: { on: { UNHEARD: { actions: 'note' } } } },
  ),
} as const;

describe('a flat chart', () => {
  it.each(Object.entries(OURS))('takes by itself, as XState does: %s', (_title, machine) => {
    const expected = happensTo(machine);
    const { logic, asked } = flat(machine);
    expect(happensTo(logic)).toEqual(expected);
    // What a state is like is learned from XState, the first time.
    asked.mockClear();
    expect(happensTo(logic)).toEqual(expected);
    const steps = asked.mock.calls.map(([{ value }, { type }]) => ({ value, type }));
    expect(steps.filter(({ value, type }) => machine.states[value]?.transitions.has(type))).toEqual([]);
  });

  it.each(Object.entries(LEFT_TO_XSTATE))('leaves to XState: %s', (_title, machine) => {
    const expected = happensTo(machine);
    const { logic, asked } = flat(machine);
    // Once more, since it learns of an actor what it uses for all.
    for (const _time of [1, 2]) {
      asked.mockClear();
      expect(happensTo(logic)).toEqual(expected);
      expect(asked.mock.calls.map(([, { type }]) => type)).toContain('GO');
    }
  });

  it('leaves the very snapshot when nothing happens', () => {
    const actor = createActor(flat(chart({})).logic).start();
    const before = actor.getSnapshot();
    actor.send({ type: 'GO' });
    expect(actor.getSnapshot()).toBe(before);
    actor.send({ type: 'UNHEARD' });
    expect(actor.getSnapshot()).toBe(before);
  });

  it('does not mind what is queued when nobody collects any more', () => {
    let kept: ((action: object) => void) &
      Record<'assign' | 'cancel' | 'raise' | 'emit' | 'sendTo', (...args: unknown[]) => void>;
    const keep = enqueueActions(({ enqueue }) => {
      kept = enqueue as unknown as typeof kept;
    });
    const actor = createActor(flat(chart({ actions: 'keep' }, { implementations: { keep } })).logic).start();
    actor.send({ type: 'GO' });
    const { context } = actor.getSnapshot();
    // biome-ignore lint/style/noNonNullAssertion: it was called
    const late = kept!;
    late(assign({ count: 9 }));
    late.assign({ count: 9 });
    late.cancel('x');
    late.raise({ type: 'GO' }, { delay: 1 });
    late.emit({ type: 'x' });
    late.sendTo(replyTo, { type: 'x' });
    expect(actor.getSnapshot().context).toBe(context);
  });
});
