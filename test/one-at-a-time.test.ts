import { setImmediate as nextTask } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { oneAtATime } from '../src/one-at-a-time.ts';

test('begins with the next when the one before has ended, well or not', async () => {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const ask = oneAtATime((name: string) => {
    begun.push(name);
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    return end.promise;
  });
  const [a, b, c] = [ask('a'), ask('b'), ask('c')];
  await nextTask();
  expect(begun).toEqual(['a']);
  ends.get('a')?.reject(new Error('no a'));
  await expect(a).rejects.toThrow('no a');
  await nextTask();
  expect(begun).toEqual(['a', 'b']);
  ends.get('b')?.resolve('b is done');
  expect(await b).toBe('b is done');
  await nextTask();
  expect(begun).toEqual(['a', 'b', 'c']);
  ends.get('c')?.resolve('c is done');
  expect(await c).toBe('c is done');
});
