import type { AnyStateMachine } from 'xstate';
import { circuitBreakerMachine } from '../../machines/index.ts';
import {
  explorePaths,
  exploreSimplePaths,
  type Path,
  type Replay,
  replayPath,
  type TakenStep,
} from '../../src/testing/index.ts';
import { eventsIn, NEW_BREAKERS, RESTORED_BREAKERS, stateOf, type Variant } from './breaker-cases.ts';
import { EXECUTORS, type ExecutorVariant, executorOptions, executorWalk } from './executor-cases.ts';
import { fakedExecutor } from './executor-events.ts';
import { fakedPayment, PAYMENTS, type PaymentVariant, paymentOptions, paymentWalk } from './payment-cases.ts';

export type BreakerPath = Path<typeof circuitBreakerMachine>;
export type PaymentPath = Path<typeof fakedPayment>;
export type ExecutorPath = Path<typeof fakedExecutor>;

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

/** Every path of one breaker, payment or executor, and how each is walked. */
export const exploreBreaker = ({ policy, memory }: Variant): readonly BreakerPath[] =>
  explorePaths(circuitBreakerMachine, {
    input: { policy, memory },
    events: eventsIn,
    serializeState: stateOf,
  });
/** Every way of a breaker that meets no state twice, by bare events. */
export const exploreSimpleBreaker = ({ policy, memory }: Variant): readonly BreakerPath[] =>
  exploreSimplePaths(circuitBreakerMachine, { input: { policy, memory }, serializeState: stateOf });
export const explorePayment = (variant: PaymentVariant): readonly PaymentPath[] =>
  explorePaths(fakedPayment, paymentOptions(variant));
export const replayPayment = (path: PaymentPath) => replayPath(fakedPayment, path, paymentWalk);
export const exploreExecutor = (variant: ExecutorVariant): readonly ExecutorPath[] =>
  explorePaths(fakedExecutor, executorOptions(variant));
export const replayExecutor = (path: ExecutorPath) => replayPath(fakedExecutor, path, executorWalk);

export function breakerChart(): Chart<typeof circuitBreakerMachine> {
  const machine = circuitBreakerMachine;
  const runs = [...NEW_BREAKERS, ...RESTORED_BREAKERS].map((variant) => ({
    title: variant.title,
    paths: exploreBreaker(variant),
  }));
  return chartOf({ machine, runs, replay: (path) => replayPath(machine, path, { serializeState: stateOf }) });
}

export function paymentChart(): Chart<typeof fakedPayment> {
  const runs = PAYMENTS.map((variant) => ({ title: variant.title, paths: explorePayment(variant) }));
  return chartOf({ machine: fakedPayment, runs, replay: replayPayment });
}

export function executorChart(): Chart<typeof fakedExecutor> {
  const runs = EXECUTORS.map((variant) => ({ title: variant.title, paths: exploreExecutor(variant) }));
  return chartOf({ machine: fakedExecutor, runs, replay: replayExecutor });
}
