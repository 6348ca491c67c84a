import { expect, test } from 'vitest';
import { VirtualTime } from './virtual-time.ts';

const never = () => false;

test('events happen in the order of their times, those of one time in the order of asking', async () => {
  const time = new VirtualTime();
  const seen: [string, number][] = [];
  const note = (name: string) => () => seen.push([name, time.now]);
  time.schedule(20, note('late'));
  time.schedule(5, note('first'));
  time.schedule(5, note('second'));
  time.cancel(time.schedule(7, note('cancelled')));
  await time.run(never);
  expect(seen).toEqual([
    ['first', 5],
    ['second', 5],
    ['late', 20],
  ]);
});

test('nothing happens to the dead, and what comes for the paused waits', async () => {
  const time = new VirtualTime();
  const seen: [string, number][] = [];
  const note = (name: string) => () => seen.push([name, time.now]);
  time.schedule(5, note('dead'), { isAlive: false, pausedUntil: 0 });
  const paused = { isAlive: true, pausedUntil: 50 };
  time.schedule(5, note('one'), paused);
  time.schedule(9, note('two'), paused);
  time.schedule(30, note('other'));
  await time.run(never);
  expect(seen).toEqual([
    ['other', 30],
    ['one', 50],
    ['two', 50],
  ]);
});

test('the next event waits until what the last one began has come to rest', async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  time.schedule(1, () =>
    time.task(async () => {
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      seen.push('task');
    }),
  );
  time.schedule(1, () => seen.push('next'));
  await time.run(never);
  expect(seen).toEqual(['task', 'next']);
});

test('of two tasks at one moment the first is done first, however long it takes, and both before either goes on', async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  const task = (name: string, turns: number) =>
    time.task(
      async () => {
        for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        seen.push(`${name} done`);
        return name;
      },
      (result) => seen.push(`${result} goes on`),
    );
  time.schedule(1, () => {
    task('long', 10);
    task('short', 1);
  });
  time.schedule(1, () => seen.push('next'));
  await time.run(never);
  expect(seen).toEqual(['long done', 'short done', 'long goes on', 'short goes on', 'next']);
});

test('a task that fails ends the run', async () => {
  const time = new VirtualTime();
  time.schedule(1, () => time.task(() => Promise.reject(new Error('lost'))));
  await expect(time.run(never)).rejects.toThrow('lost');
});
