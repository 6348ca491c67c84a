import { expect, test } from 'vitest';
import { singleFlight } from '../src/single-flight.ts';

/** Work that ends when the test says so. */
function heldWork() {
  const runs: PromiseWithResolvers<string>[] = [];
  const ask = singleFlight(() => {
    const run = Promise.withResolvers<string>();
    runs.push(run);
    return run.promise;
  });
  return { runs, ask };
}

test('is done once for all who ask meanwhile, and again for the next', async () => {
  const { runs, ask } = heldWork();
  const asked = [ask(), ask(), ask()];
  expect(runs).toHaveLength(1);
  runs[0]?.resolve('first');
  expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);
  const next = ask();
  expect(runs).toHaveLength(2);
  runs[1]?.resolve('second');
  expect(await next).toBe('second');
});

test('a failure is everybody’s who asked, and nobody’s afterwards', async () => {
  const { runs, ask } = heldWork();
  const asked = [ask(), ask()];
  runs[0]?.reject(new Error('down'));
  expect(await Promise.allSettled(asked)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  const next = ask();
  runs[1]?.resolve('up');
  expect(await next).toBe('up');
});

test('what throws at once fails like that, too', async () => {
  let times = 0;
  const ask = singleFlight(() => {
    times += 1;
    throw new Error('at once');
  });
  await expect(ask()).rejects.toThrow('at once');
  await expect(ask()).rejects.toThrow('at once');
  expect(times).toBe(2);
});
