import { createActor, SimulatedClock } from 'xstate';
import { type BreakerView, treasuryExecutorMachine } from '../../machines/index.ts';
import { endWith } from '../../src/testing/fake-actors.ts';
import { actorDone, fakeActors } from '../../src/testing/index.ts';
import { EXECUTORS } from '../paths/executor-cases.ts';
import { rowOf } from '../paths/executor-events.ts';

const [{ settings }] = EXECUTORS as readonly [(typeof EXECUTORS)[number]];

/** An executor whose ports answer when the test says so, on a clock that stands still. */
export class PuppetExecutor {
  readonly clock = new SimulatedClock();
  readonly actor = createActor(fakeActors(treasuryExecutorMachine), {
    clock: this.clock,
    input: { settings },
  }).start();

  /** The port that was asked answers. */
  answer(port: string, output: unknown): void {
    const asked = this.actor.getSnapshot().children[port];
    if (asked === undefined) throw new Error(`${port} was not asked`);
    endWith(asked, actorDone(port, output));
  }

  isAsked(port: string): boolean {
    return this.actor.getSnapshot().children[port] !== undefined;
  }

  /** Holds the lease and has this breaker, and has asked what is in flight. */
  begin(breaker: BreakerView): void {
    this.answer('acquireLease', { owner: 'me', fence: 1 });
    this.answer('restoreBreaker', breaker);
    this.answer('applyControl', undefined);
    this.answer('readEpoch', { epoch: 0, error: undefined });
  }

  /** One row is in flight, and its payment is asking the chain. */
  settleOne(breaker: BreakerView): void {
    this.begin(breaker);
    this.answer('loadInFlight', [rowOf('a')]);
  }
}
