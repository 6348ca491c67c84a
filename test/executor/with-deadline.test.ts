import { expect, test } from 'vitest';
import { withDeadline } from '../../src/executor/with-deadline.ts';
import { TestClock } from '../support/breaker.ts';

const newDeadline = () => {
  const clock = new TestClock();
  const outer = new AbortController();
  const deadline = {
    clock,
    timeoutMs: 1_000,
    signal: outer.signal,
    onTimeout: () => new Error('too late'),
  };
  return { clock, outer, deadline };
};

/** Work that ends when the test says so, and the signal that it was given. */
const newWork = () => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const seen: AbortSignal[] = [];
  const work = (signal: AbortSignal) => {
    seen.push(signal);
    return promise;
  };
  return { work, resolve, reject, seen };
};

test('gives what the work gives, and leaves no timer', async () => {
  const { clock, deadline } = newDeadline();
  const { work, resolve, seen } = newWork();
  const result = withDeadline(work, deadline);
  expect(seen).toHaveLength(1);
  expect(clock.pending).toEqual([1_000]);
  resolve('done');
  expect(await result).toBe('done');
  expect(clock.pending).toEqual([]);
  expect(seen[0]?.aborted).toBe(false);
});

test('takes a plain value for an answer', async () => {
  const { clock, deadline } = newDeadline();
  expect(await withDeadline(() => 7, deadline)).toBe(7);
  expect(clock.pending).toEqual([]);
});

test.each([
  ['rejects', () => Promise.reject(new Error('no'))],
  [
    'throws',
    () => {
      throw new Error('no');
    },
  ],
])('passes on what the work %s', async (_how, work) => {
  const { clock, deadline } = newDeadline();
  await expect(withDeadline(work, deadline)).rejects.toThrow('no');
  expect(clock.pending).toEqual([]);
});

test('rejects exactly at its time, tells the work, and takes no later answer', async () => {
  const { clock, deadline } = newDeadline();
  const { work, resolve, seen } = newWork();
  const result = withDeadline(work, deadline);
  clock.increment(999);
  expect(seen[0]?.aborted).toBe(false);
  clock.increment(1);
  resolve('late');
  await expect(result).rejects.toThrow('too late');
  expect(seen[0]?.reason).toEqual(new Error('too late'));
});

test('ends with the reason of whoever gives up outside, and leaves no timer', async () => {
  const { clock, outer, deadline } = newDeadline();
  const { work, reject, seen } = newWork();
  const result = withDeadline(work, deadline);
  outer.abort(new Error('stopped'));
  reject(new Error('late'));
  await expect(result).rejects.toThrow('stopped');
  expect(seen[0]?.aborted).toBe(true);
  expect(clock.pending).toEqual([]);
});
