import { describe, expect, it } from 'vitest';
import { assign, createActor, fromPromise } from 'xstate';
import {
  type DisbursementRow,
  type EpochReading,
  type LeaseToken,
  treasuryExecutorMachine,
} from '../../machines/index.ts';
import { EXECUTORS } from '../paths/executor-cases.ts';
import { viewOf } from '../paths/faked-breaker.ts';

const [{ settings }] = EXECUTORS as readonly [(typeof EXECUTORS)[number]];

/** One tick, and the errors that it and the actor tell of. */
async function tickOnce(machine: typeof treasuryExecutorMachine) {
  const told: (string | undefined)[] = [];
  const thrown: unknown[] = [];
  const executor = createActor(machine, { input: { settings } });
  executor.on('tick.ended', ({ error }) => told.push(error));
  executor.subscribe({ error: (error) => thrown.push(error) });
  executor.start();
  executor.send({ type: 'TICK' });
  await new Promise((resolve) => setImmediate(resolve));
  executor.stop();
  return { told, thrown, executor };
}

describe("the executor's chart", () => {
  it('says so when nobody provided its ports, and does nothing', async () => {
    const { told, thrown } = await tickOnce(treasuryExecutorMachine);
    expect(told).toEqual(['this actor is provided by the executor']);
    expect(thrown).toEqual([]);
  });

  it('ends in an error where a defect makes it loop: a process that hangs would hold its lease for ever', async () => {
    const defect = treasuryExecutorMachine.provide({
      actors: {
        acquireLease: fromPromise<LeaseToken | undefined>(async () => ({ owner: 'me', fence: 1 })),
        restoreBreaker: fromPromise(async () => viewOf(1)),
        applyControl: fromPromise<void, LeaseToken | undefined>(async () => {}),
        readEpoch: fromPromise<EpochReading, LeaseToken | undefined>(async () => ({
          epoch: 0,
          error: undefined,
        })),
        loadInFlight: fromPromise<readonly DisbursementRow[]>(async () => []),
      },
      guards: { canSettle: () => true },
      // XState itself ends a loop in which nothing changes.
      actions: { settleNext: assign({ epoch: ({ context }) => context.epoch + 1 }) },
    });
    const { thrown } = await tickOnce(defect);
    expect(String(thrown[0])).toContain('10000');
  });
});
