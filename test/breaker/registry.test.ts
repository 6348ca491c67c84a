import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type CircuitBreaker, createCircuitBreakerRegistry } from '../../src/index.ts';

const aRegistry = (maxEntries = 3) => {
  const clock = new SimulatedClock();
  const policy = { failureThreshold: 2, successThreshold: 1, openTimeoutMs: 1_000 };
  return { clock, registry: createCircuitBreakerRegistry({ policy, maxEntries, clock }) };
};

const open = (breaker: CircuitBreaker): CircuitBreaker => {
  breaker.recordFailure();
  breaker.recordFailure();
  return breaker;
};

const names = (registry: Iterable<CircuitBreaker>): readonly (string | undefined)[] =>
  [...registry].map(({ name }) => name);

describe('a registry of breakers', () => {
  test('gives one breaker a key, with the key as its name and the shared policy', () => {
    const { registry } = aRegistry();
    const first = registry.get('a');
    expect(registry.get('a')).toBe(first);
    expect(registry.get('b')).not.toBe(first);
    expect(first.name).toBe('a');
    expect(first.policy.failureThreshold).toBe(2);
  });

  test('keeps the failures of one key from another', () => {
    const { registry } = aRegistry();
    open(registry.get('a'));
    expect(registry.get('a').state).toBe('OPEN');
    expect(registry.get('b').state).toBe('CLOSED');
  });

  test('lets go of the least recently used when there are more than maxEntries', () => {
    const { registry } = aRegistry();
    for (const key of ['a', 'b', 'c', 'a', 'd']) registry.get(key);
    expect(names(registry)).toEqual(['c', 'a', 'd']);
    expect(registry.size).toBe(3);
  });

  test('never lets go of an open, half-open or isolated one, nor of one with failures to remember', () => {
    const { registry, clock } = aRegistry(1);
    open(registry.get('half-open'));
    clock.increment(1_000);
    open(registry.get('open'));
    registry.get('isolated').isolate();
    registry.get('failing').recordFailure();
    registry.get('idle');
    registry.get('newest');
    expect(names(registry)).toEqual(['half-open', 'open', 'isolated', 'failing', 'newest']);
  });

  test('lets an open one go once it has recovered', () => {
    const { registry, clock } = aRegistry(1);
    open(registry.get('a'));
    registry.get('b');
    clock.increment(1_000);
    registry.get('a').recordSuccess();
    registry.get('b');
    registry.get('c');
    expect(names(registry)).toEqual(['c']);
  });

  test('gives a breaker that was let go again while somebody holds it: never two for one key', () => {
    const { registry } = aRegistry(1);
    const held = registry.get('a');
    registry.get('b');
    expect(names(registry)).toEqual(['b']);
    open(held);
    expect(registry.get('a')).toBe(held);
    expect(registry.get('a').state).toBe('OPEN');
  });

  test('stops all of them, those that were let go and later ones too', () => {
    const { registry } = aRegistry(1);
    const letGo = registry.get('a');
    const kept = registry.get('b');
    registry.stop();
    registry.stop();
    expect([letGo.admits, kept.admits, registry.get('c').admits]).toEqual([false, false, false]);
  });

  test('is stopped by using', () => {
    const { registry } = aRegistry();
    const breaker = registry.get('a');
    {
      using disposed = registry;
      expect(disposed.size).toBe(1);
    }
    expect([breaker.admits, registry.get('b').admits]).toEqual([false, false]);
  });

  test.each([0, -1, 1.5, Number.NaN, '5'])('refuses maxEntries %s', (maxEntries) => {
    expect(() => createCircuitBreakerRegistry({ maxEntries: maxEntries as number })).toThrow(RangeError);
    expect(() => createCircuitBreakerRegistry({ maxEntries: maxEntries as number })).toThrow(
      `maxEntries must be an integer of at least 1, got ${maxEntries}`,
    );
  });

  test('gives all keys the same policy', () => {
    const registry = createCircuitBreakerRegistry({ policy: { failureThreshold: 2 } });
    expect(registry.get('a').policy).toBe(registry.get('b').policy);
    expect(registry.get('a').policy.failureThreshold).toBe(2);
  });

  test('finds a wrong policy at once', () => {
    expect(() => createCircuitBreakerRegistry({ policy: { failureThreshold: 0 } })).toThrow(RangeError);
  });
});
