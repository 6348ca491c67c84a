import { setImmediate as nextTask } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { DeadlineClock } from '../../../src/breaker/deadline-clock.ts';
import { createCircuitBreaker, createCircuitBreakerRegistry } from '../../../src/index.ts';
import { TestClock } from '../../support/breaker.ts';

/** Collects garbage, and counts what is left of the registry's references to breakers that it let go. */
const collect = (): number => queryObjects(WeakRef, { format: 'count' });

/** Lets the callbacks of what was collected run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await nextTask();
}

/** A registry that keeps one breaker and has let others go, which nobody holds. */
function aRegistryAfter(...keys: readonly string[]) {
  const registry = createCircuitBreakerRegistry({ maxEntries: 1, clock: new TestClock() });
  for (const key of [...keys, 'kept']) registry.get(key);
  return registry;
}

describe('a registry of breakers that nobody holds any more', () => {
  test('forgets their keys', async () => {
    await nextTask();
    collect();
    await settle();
    const before = collect();
    const registry = aRegistryAfter(...Array.from({ length: 200 }, (_, i) => `key ${i}`));
    await nextTask();
    collect();
    await settle();
    expect(collect() - before).toBeLessThan(20);
    expect(registry.size).toBe(1);
  });

  test('does not forget a newer breaker of the same key with the old one', async () => {
    const registry = aRegistryAfter('a');
    await nextTask();
    collect();
    const newer = registry.get('a');
    registry.get('kept');
    await settle();
    expect(registry.get('a')).toBe(newer);
  });

  test('forgets one that was let go twice', async () => {
    const wrong: unknown[] = [];
    const note = (error: unknown) => wrong.push(error);
    process.once('uncaughtException', note);
    const registry = aRegistryAfter('a', 'b', 'a', 'b', 'a');
    await nextTask();
    collect();
    await settle();
    process.off('uncaughtException', note);
    expect(wrong).toEqual([]);
    expect(registry.size).toBe(1);
  });

  test('can be stopped', async () => {
    const registry = aRegistryAfter('a');
    await nextTask();
    collect();
    expect(() => registry.stop()).not.toThrow();
  });
});

test('a breaker whose timer was left armed is not held by it', async () => {
  const alive = (): number => queryObjects(DeadlineClock, { format: 'count' });
  await nextTask();
  const before = alive();
  for (let made = 0; made < 100; made += 1) {
    const breaker = createCircuitBreaker();
    for (let call = 0; call < 20; call += 1) {
      breaker.recordFailure();
      breaker.recordSuccess();
    }
  }
  await nextTask();
  expect(alive() - before).toBeLessThan(5);
});
