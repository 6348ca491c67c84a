import { describe, expect, test } from 'vitest';
import { Limits, until, Wakeups } from '../../../src/cli/drill/until.ts';

const never = new AbortController().signal;

describe('waiting', () => {
  test('ends when the condition holds, which is looked at after each event', async () => {
    const wakeups = new Wakeups();
    let looks = 0;
    const waiting = until({ next: () => wakeups.next(), ending: () => undefined }, () => {
      looks += 1;
      return looks === 3;
    });
    for (let event = 0; looks < 3; event += 1) {
      wakeups.wake();
      await Promise.resolve();
      expect(event).toBeLessThan(20);
    }
    expect(await waiting).toBeUndefined();
    expect(looks).toBe(3);
  });

  test('misses no event that comes while it is looking', async () => {
    const wakeups = new Wakeups();
    let isThere = false;
    const missed = await until({ next: () => wakeups.next(), ending: () => undefined }, async () => {
      const was = isThere;
      isThere = true;
      wakeups.wake();
      return was;
    });
    expect(missed).toBeUndefined();
  });

  test('looks once more at the end, and tells why it ended', async () => {
    const watch = { next: () => Promise.resolve(), ending: () => 'it is over' };
    expect(await until(watch, () => false)).toBe('it is over');
    expect(await until(watch, () => true)).toBeUndefined();
  });

  test('tells the end of a look that the end has cut off, and not how it was cut off', async () => {
    let isOver = false;
    const watch = { next: () => Promise.resolve(), ending: () => (isOver ? 'it is over' : undefined) };
    const cutOff = () => {
      isOver = true;
      return Promise.reject(new Error('no answer'));
    };
    expect(await until(watch, cutOff)).toBe('it is over');
  });

  test('fails with a look that fails before the end', async () => {
    const watch = { next: () => Promise.resolve(), ending: () => undefined };
    await expect(until(watch, () => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
  });
});

describe('the limits', () => {
  test('name what ended them', () => {
    const stop = new AbortController();
    const limits = new Limits(stop.signal, 60_000);
    expect(limits.ending()).toBeUndefined();
    stop.abort();
    expect([limits.ending(), limits.signal.aborted]).toEqual(['it was stopped', true]);
  });

  test('are of time, too', async () => {
    const limits = new Limits(never, 1);
    await new Promise((resolve) => limits.signal.addEventListener('abort', resolve));
    expect(limits.ending()).toMatch(/^it did not come to that within 0\.001 s, .*--timeout$/);
  });
});
