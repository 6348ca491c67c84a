import {
  type Actor,
  type AnyMachineSnapshot,
  createActor,
  type InspectionEvent,
  SimulatedClock,
} from 'xstate';
import { circuitBreakerMachine } from '../../../machines/circuit-breaker.ts';
import { activeNodes, takenIn } from '../../../src/inspect/internals.ts';
import { OWN_MACHINES } from '../../../src/inspect/own-machines.ts';
import { judge, type Microstep, microstep, stepView } from '../../../src/inspect/steps.ts';
import { DueTimers } from './due.ts';
import type { Entry, View } from './entry.ts';
import type { Scenario } from './scenario.ts';

type Snapshot = ReturnType<Actor<typeof circuitBreakerMachine>['getSnapshot']>;

/** What came of one event. */
export type Happening = Required<Pick<Entry, 'at' | 'type' | 'guards' | 'edges' | 'before' | 'after'>> &
  Pick<Entry, 'verdict' | 'reason'>;

const REFUSALS = OWN_MACHINES['circuitBreaker']?.refusals ?? {};

/** The real machine as an actor on a simulated clock, and what XState tells of it. */
export class WatchedBreaker {
  readonly clock = new SimulatedClock();
  readonly actor: Actor<typeof circuitBreakerMachine>;
  readonly #due: DueTimers;
  #steps: Microstep[] = [];
  #stepped: AnyMachineSnapshot;
  #snapshot: Snapshot;
  #view: View;
  #happened: Happening[] = [];
  #isStarted = false;

  constructor({ policy, draw }: Pick<Scenario, 'policy' | 'draw'>) {
    this.actor = createActor(circuitBreakerMachine, {
      clock: this.clock,
      input: { policy, random: () => draw },
      inspect: (inspection) => this.#hear(inspection),
    });
    this.#due = new DueTimers(this.actor);
    this.actor.start();
    this.#snapshot = this.actor.getSnapshot();
    this.#stepped = this.#snapshot;
    this.#view = this.#look(this.#snapshot);
    this.#isStarted = true;
  }

  get view(): View {
    return this.#view;
  }

  /** What has happened since this was read last. */
  take(): readonly Happening[] {
    const happened = this.#happened;
    this.#happened = [];
    return happened;
  }

  #hear(inspection: InspectionEvent): void {
    // How it began is no event of anybody's, and XState tells some of it from within the constructor.
    if (!this.#isStarted || inspection.actorRef !== this.actor) return;
    if (inspection.type === '@xstate.microstep') {
      const after = inspection.snapshot as Snapshot;
      this.#steps.push(microstep(takenIn(inspection), this.#stepped, after));
      this.#stepped = after;
    } else if (inspection.type === '@xstate.snapshot') {
      this.#settle(inspection.event.type, inspection.snapshot as Snapshot);
    }
  }

  #settle(type: string, snapshot: Snapshot): void {
    const judgement = judge(this.#steps, type, this.#snapshot, REFUSALS);
    const before = this.#view;
    this.#view = this.#look(snapshot);
    this.#snapshot = snapshot;
    const steps = this.#steps.map(stepView);
    this.#steps = [];
    this.#happened.push({
      at: this.clock.now(),
      type,
      verdict:
        judgement.verdict === 'taken' ? 'taken' : judgement.verdict === 'refused' ? 'refused' : 'ignored',
      ...(judgement.reason !== undefined && { reason: judgement.reason }),
      guards: steps.flatMap(({ guards }) => guards),
      edges: steps.flatMap(({ edges }) => edges),
      before,
      after: this.#view,
    });
  }

  #look(snapshot: Snapshot): View {
    const { context } = snapshot;
    return {
      state: context.state,
      failures: context.failures,
      successes: context.successes,
      generation: context.generation,
      openings: context.openings,
      probes: context.probesInFlight,
      openLengthMs: context.openLengthMs,
      active: activeNodes(snapshot).map(({ id }) => id),
      due: this.#due.look(this.clock.now(), snapshot),
    };
  }
}
