import { createActor, fromCallback } from 'xstate';
import { type CircuitBreaker, createCircuitBreaker } from '../../src/index.ts';

const CALLS = 100_000;
const LONG_MS = 2 ** 31 - 1;

/** What only our breaker offers, each as a loop of so many. */
export const OWN_LOADS = {
  /** `allowRequest()` of one that is CLOSED. */
  allowClosed: () => asking(createCircuitBreaker(), true),
  /** `allowRequest()` of one that is OPEN, before its deadline. */
  allowOpen: () => {
    const breaker = createCircuitBreaker({ policy: { failureThreshold: 1, openTimeoutMs: LONG_MS } });
    breaker.recordFailure();
    return asking(breaker, false);
  },
  /** A slot of HALF_OPEN that is taken and given back. */
  slot: async () => {
    const policy = { failureThreshold: 1, openTimeoutMs: 1, probeTimeoutMs: LONG_MS };
    const breaker = createCircuitBreaker({ policy });
    breaker.recordFailure();
    while (breaker.state === 'OPEN');
    return checked(() => {
      for (let call = 0; call < CALLS; call += 1) breaker.tryAcquire()?.cancelled();
      return breaker.state;
    }, 'HALF_OPEN');
  },
  /** `PERMIT` by message to one that is CLOSED, and its answer. */
  permit: () => {
    const breaker = createCircuitBreaker();
    let answers = 0;
    const replyTo = createActor(fromCallback(({ receive }) => receive(() => (answers += 1)))).start();
    return checked(() => {
      const before = answers;
      for (let call = 0; call < CALLS; call += 1) breaker.actor.send({ type: 'PERMIT', id: 'one', replyTo });
      return answers - before;
    }, CALLS);
  },
} as const satisfies Record<string, () => (() => void) | Promise<() => void>>;

export type OwnLoadName = keyof typeof OWN_LOADS;
export { CALLS as OWN_CALLS };

function asking(breaker: CircuitBreaker, expected: boolean): () => void {
  return checked(
    () => {
      let admitted = 0;
      for (let call = 0; call < CALLS; call += 1) if (breaker.allowRequest()) admitted += 1;
      return admitted;
    },
    expected ? CALLS : 0,
  );
}

/**
 * The check is not in the function of the loop: compiled while the loop runs for the first time, the code would know
 * nothing of what comes after it, be thrown away each time it gets there, and in the end not be made any more.
 */
function checked<Result>(loop: () => Result, expected: Result): () => void {
  return () => {
    const result = loop();
    if (result !== expected) throw new Error(`${String(result)}, and not ${String(expected)}`);
  };
}
