import { expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { BalanceWatch } from '../src/balance-watch.ts';

const aWatch = (read: (signal: AbortSignal) => Promise<bigint>) => {
  const clock = new SimulatedClock();
  clock.increment(1_000_000); // a clock begins anywhere
  let asked = 0;
  const watch = new BalanceWatch({
    clock,
    read: ({ signal }) => {
      asked += 1;
      return read(signal);
    },
  });
  return { clock, watch, asked: () => asked };
};

test('the balance is what the chain told, asked every 15 seconds', async () => {
  let balance = 7n;
  const { clock, watch, asked } = aWatch(async () => balance);
  expect(watch.balance).toBeUndefined();
  await watch.refresh();
  balance = 5n;
  clock.increment(14_999);
  await watch.refresh();
  expect([watch.balance, asked()]).toEqual([7n, 1]);
  clock.increment(1);
  await watch.refresh();
  expect([watch.balance, asked()]).toEqual([5n, 2]);
});

test('a chain that fails leaves what it told before, for five minutes', async () => {
  const answers = [Promise.resolve(7n)];
  const { clock, watch } = aWatch(() => answers.shift() ?? Promise.reject(new Error('down')));
  await watch.refresh();
  clock.increment(300_000);
  await watch.refresh();
  expect(watch.balance).toBe(7n);
  clock.increment(1);
  expect(watch.balance).toBeUndefined();
});

test('a chain that hangs is asked once at a time, and given up after ten seconds', async () => {
  const signals: AbortSignal[] = [];
  const { clock, watch } = aWatch((signal) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  const first = watch.refresh();
  clock.increment(9_999);
  expect(watch.refresh()).toBe(first);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  clock.increment(1);
  await first;
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(watch.balance).toBeUndefined();
});

test('stopping ends what is under way', async () => {
  const { watch } = aWatch(() => new Promise(() => {}));
  const reading = watch.refresh();
  watch.stop();
  await reading;
});
