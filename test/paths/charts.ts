import type { AnyStateMachine } from 'xstate';
import { circuitBreakerMachine } from '../../machines/index.ts';
import { explorePaths, type Path, type Replay, replayPath, type TakenStep } from '../../src/testing/index.ts';
import { eventsIn, NEW_BREAKERS, RESTORED_BREAKERS, stateOf } from './breaker-cases.ts';
import { EXECUTORS, executorOptions, executorWalk } from './executor-cases.ts';
import { fakedExecutor } from './executor-events.ts';
import { fakedPayment, PAYMENTS, paymentOptions } from './payment-cases.ts';

/** A chart with every generated path of it: what the tests walk and what `npm run paths` counts. */
export interface Chart<Machine extends AnyStateMachine = AnyStateMachine> {
  readonly machine: Machine;
  /** One for each input that is explored. */
  readonly runs: readonly { readonly title: string; readonly paths: readonly Path<Machine>[] }[];
  readonly replay: (path: Path<Machine>) => Replay<Machine>;
  /** What a path took; replayed only if it was not before. */
  readonly taken: (path: Path<Machine>) => readonly TakenStep[];
}

function chartOf<Machine extends AnyStateMachine>({
  replay,
  ...chart
}: Omit<Chart<Machine>, 'taken'>): Chart<Machine> {
  const known = new WeakMap<Path<Machine>, readonly TakenStep[]>();
  const replayAndNote = (path: Path<Machine>) => {
    const replayed = replay(path);
    known.set(path, replayed.taken);
    return replayed;
  };
  return { ...chart, replay: replayAndNote, taken: (path) => known.get(path) ?? replayAndNote(path).taken };
}

export function breakerChart(): Chart<typeof circuitBreakerMachine> {
  const machine = circuitBreakerMachine;
  const runs = [...NEW_BREAKERS, ...RESTORED_BREAKERS].map(({ title, policy, memory }) => ({
    title,
    paths: explorePaths(machine, {
      input: { policy, memory },
      events: eventsIn,
      serializeState: stateOf,
    }),
  }));
  return chartOf({ machine, runs, replay: (path) => replayPath(machine, path, { serializeState: stateOf }) });
}

export function paymentChart(): Chart<typeof fakedPayment> {
  const runs = PAYMENTS.map(({ title, input }) => ({
    title,
    paths: explorePaths(fakedPayment, { ...paymentOptions, input }),
  }));
  return chartOf({
    machine: fakedPayment,
    runs,
    replay: (path) => replayPath(fakedPayment, path, paymentOptions),
  });
}

export function executorChart(): Chart<typeof fakedExecutor> {
  const runs = EXECUTORS.map((variant) => ({
    title: variant.title,
    paths: explorePaths(fakedExecutor, executorOptions(variant)),
  }));
  return chartOf({
    machine: fakedExecutor,
    runs,
    replay: (path) => replayPath(fakedExecutor, path, executorWalk),
  });
}
