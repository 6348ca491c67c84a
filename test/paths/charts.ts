import type { AnyStateMachine } from 'xstate';
import { circuitBreakerMachine } from '../../machines/index.ts';
import { explorePaths, type Path, type Replay, replayPath } from '../../src/testing/index.ts';
import { eventsIn, NEW_BREAKERS, RESTORED_BREAKERS, stateOf } from './breaker-cases.ts';
import { fakedPayment, PAYMENTS, paymentOptions } from './payment-cases.ts';

/** A chart with every generated path of it: what the tests walk and what `npm run paths` counts. */
export interface Chart<Machine extends AnyStateMachine = AnyStateMachine> {
  readonly machine: Machine;
  /** One for each input that is explored. */
  readonly runs: readonly { readonly title: string; readonly paths: readonly Path<Machine>[] }[];
  readonly replay: (path: Path<Machine>) => Replay<Machine>;
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
  return { machine, runs, replay: (path) => replayPath(machine, path, { serializeState: stateOf }) };
}

export function paymentChart(): Chart<typeof fakedPayment> {
  const runs = PAYMENTS.map(({ title, input }) => ({
    title,
    paths: explorePaths(fakedPayment, { ...paymentOptions, input }),
  }));
  return { machine: fakedPayment, runs, replay: (path) => replayPath(fakedPayment, path, paymentOptions) };
}
