import { type CircuitBreaker, createCircuitBreaker } from '../../src/index.ts';

interface BreakerCounts {
  /** How often the executor looked whether it admits, or at its state. */
  looks: number;
  permits: number;
}

/** A breaker that counts what an executor asks of it. */
export function watchedBreaker(): {
  readonly breaker: CircuitBreaker;
  readonly counts: Readonly<BreakerCounts>;
} {
  const counts: BreakerCounts = { looks: 0, permits: 0 };
  const breaker = new Proxy(createCircuitBreaker(), {
    get(target, name) {
      if (name === 'admits' || name === 'state') counts.looks += 1;
      if (name === 'tryAcquire') counts.permits += 1;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { breaker, counts };
}

const REPEATED = 100_000;

/** How long a breaker takes for so many looks, and for so many permits with the SUCCESS that follows. Milliseconds. */
export function breakerCost(looks: number, permits: number): number {
  const breaker = createCircuitBreaker();
  const millisEach = (work: () => void): number => {
    for (let warm = 0; warm < REPEATED; warm += 1) work();
    const startedAt = performance.now();
    for (let done = 0; done < REPEATED; done += 1) work();
    return (performance.now() - startedAt) / REPEATED;
  };
  const look = millisEach(() => {
    if (!breaker.admits) throw new Error('a new breaker admits');
  });
  const permit = millisEach(() => {
    const taken = breaker.tryAcquire();
    if (taken === undefined) throw new Error('a new breaker admits');
    const { generation, id } = taken;
    breaker.actor.send({ type: 'SUCCESS', generation, permit: id });
  });
  breaker.stop();
  return looks * look + permits * permit;
}
