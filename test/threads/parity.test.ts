import { describe, expect, it } from 'vitest';
import { createCircuitBreaker, type Permit } from '../../src/index.ts';
import type { SharedBreaker } from '../../src/threads/index.ts';
import { newBreaker, SECOND } from '../support/breaker.ts';
import { newShared, newStarvedShared } from './shared.ts';

const STEPS = 250;
const SEEDS = 8;

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ENDS = ['success', 'failure', 'cancelled', 'storageFatal'] as const;
const RECORDS = ['recordSuccess', 'recordFailure', 'recordCancelled', 'recordStorageFatal'] as const;
const WAITS = [1, SECOND, 9 * SECOND, 29 * SECOND, 31 * SECOND, 61 * SECOND];

/** A user of a breaker, who does things by lot; `wait` and `operate` are up to its surroundings. */
class User {
  readonly #breaker: SharedBreaker;
  readonly #permits: (Permit | undefined)[] = [];

  constructor(breaker: SharedBreaker) {
    this.#breaker = breaker;
  }

  /** @param lot from 0 to below 1 */
  act(kind: number, lot: number): unknown {
    const of = <Item>(items: readonly Item[]) => items[Math.floor(lot * items.length)] as Item;
    if (kind < 0.2) return this.#breaker.allowRequest();
    if (kind < 0.45)
      return this.#permits.push(this.#breaker.tryAcquire()) && this.#permits.at(-1)?.generation;
    if (kind < 0.75) return this.#permits.splice(Math.floor(lot * this.#permits.length), 1)[0]?.[of(ENDS)]();
    return this.#breaker[of(RECORDS)]();
  }

  see() {
    const { state, stateCode, failures, successes, generation, admits } = this.#breaker;
    return { state, stateCode, failures, successes, generation, admits };
  }

  get retryAfterMs(): number {
    return this.#breaker.retryAfterMs;
  }
}

const policies = [
  {},
  { failureThreshold: 2, successThreshold: 1, halfOpenMaxProbes: 3 },
  { failureThreshold: 3, successThreshold: 4, halfOpenMaxProbes: 2, failureWindowMs: 20 * SECOND },
];

describe.each(policies)('with policy %o, a thread that the owner hears at once', (policy) => {
  it('has what it would have without threads, whatever it does', () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const alone = newBreaker({ policy });
      const shared = newShared({ policy });
      const users = [new User(alone.breaker), new User(shared.attach())] as const;
      const random = randomFrom(seed);
      for (let step = 0; step < STEPS; step += 1) {
        const kind = random();
        const lot = random();
        const waitMs = WAITS[Math.floor(random() * WAITS.length)] as number;
        const owner = [alone.breaker, shared.breaker];
        if (random() < 0.1) {
          alone.clock.increment(waitMs);
          shared.wait(waitMs);
        } else if (random() < 0.02) for (const each of owner) each.isolate();
        else if (random() < 0.05) for (const each of owner) each.reset();
        const [here, there] = users.map((user) => user.act(kind, lot));
        expect(there, `seed ${seed}, step ${step}`).toEqual(here);
        expect(shared.breaker.state).toBe(alone.breaker.state);
        expect(users[1].see(), `seed ${seed}, step ${step}`).toEqual(users[0].see());
      }
    }
  });

  it('on the real clock has the same time to the next chance, too', () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const shared = newStarvedShared({ policy });
      const alone = createCircuitBreaker({ policy });
      const users = [new User(alone), new User(shared.attach())] as const;
      const random = randomFrom(seed);
      for (let step = 0; step < STEPS; step += 1) {
        if (random() < 0.1) {
          shared.wait(WAITS[Math.floor(random() * WAITS.length)] as number);
          // The end of OPEN the thread comes to by itself.
          if (shared.breaker.actor.getSnapshot().value !== 'OPEN') shared.breaker.admits;
        }
        const [kind, lot] = [random(), random()];
        const [here, there] = users.map((user) => user.act(kind, lot));
        expect(there, `seed ${seed}, step ${step}`).toEqual(here);
        expect(shared.breaker.state).toBe(alone.state);
        expect(users[1].see(), `seed ${seed}, step ${step}`).toEqual(users[0].see());
        expect(users[1].retryAfterMs).toBeCloseTo(users[0].retryAfterMs, 2);
      }
      alone.stop();
    }
  });
});
