import { expect, type TestContext, test } from 'vitest';
import { watchMemory } from '../../pressure/memory.ts';
import { type Restart, STOPS, STRANGE } from '../../pressure/plan.ts';
import { situations } from '../../pressure/situations.ts';
import { StateSite } from '../../pressure/stop-in-states.ts';
import { play } from '../../pressure/storm.ts';
import { openDevSite, openRunSite, type StormSite } from '../../pressure/storm-site.ts';
import { chainOf } from '../cli/live-treasury.ts';

// Small instances of what `npm run pressure` plays by the hundred. Each has processes and a chain of its own, so that
// they may run side by side: most of their time is that of a process which starts.

/** Closed at the end of the test, however that comes. */
async function opened<Closable extends { close(): Promise<void> }>(
  { onTestFinished }: TestContext,
  opening: Promise<Closable>,
): Promise<Closable> {
  const site = await opening;
  onTestFinished(() => site.close());
  return site;
}

async function hit(storm: StormSite, more: Partial<Restart>): Promise<void> {
  const { violations, signals } = await play(storm, {
    ...{
      ordinal: 0,
      command: 'run',
      moment: 'ticking',
      isInstalled: true,
      loadedBytes: 0,
      closes: undefined,
    },
    ...{ before: ['SIGTERM'], after: [], isPressed: false },
    ...more,
  });
  expect(violations).toEqual([]);
  expect(signals).toBeGreaterThan(0);
}

test.concurrent('signals that mean nothing end nothing and open no debugger; a closed terminal loses no record', async (context) => {
  const run = await opened(context, openRunSite());
  await hit(run, { before: [...STRANGE, 'SIGTERM'] });
  await hit(run, {
    ...{ moment: 'submitting', closes: 'stderr', before: ['SIGHUP'] },
    ...{ after: [...STOPS, ...STRANGE], isPressed: true },
  });
  expect(await run.settle()).toEqual([]);
});

test.concurrent('an RPC that hangs keeps no process from being stopped, in a tick or before the first', async (context) => {
  const run = await opened(context, openRunSite());
  await hit(run, { moment: 'hanging', closes: 'stdout', before: ['SIGINT'], after: STOPS });
  await hit(run, { moment: 'connecting', after: STOPS });
  expect(await run.settle()).toEqual([]);
});

test.concurrent('treasury dev leaves one chain behind when its terminal is closed, and finds it again', async (context) => {
  const dev = await opened(context, openDevSite());
  await hit(dev, { command: 'dev', before: [...STRANGE, 'SIGHUP'] });
  const chain = await chainOf(dev.site.folder);
  expect(await dev.settle()).toEqual([]);
  expect(await chainOf(dev.site.folder)).toEqual(chain);
});

// One process for all states here, and one for each in `npm run pressure`.
test.concurrent('SIGTERM in every state of the charts ends it cleanly, and whoever comes next pays everything once', async (context) => {
  const site = await opened(context, StateSite.open());
  const all = situations();
  for (const situation of all) {
    const { isReached, name, violations } = await site.stopIn(situation, {
      isLast: situation === all.at(-1),
    });
    expect({ name, isReached, violations }).toEqual({ name, isReached: true, violations: [] });
  }
  expect(await site.settle()).toEqual([]);
});

// What fills up at first is not full after 500 ticks: only a leak of three thousand bytes a tick would show here, which an
// actor that is left behind is, and anything that is left open. `npm run pressure` has 100,000, and sees a few bytes.
test.concurrent('500 ticks leave no timer, no file and no three thousand bytes each behind', async () => {
  const { violations, ticks, payments, scrapes } = await watchMemory({
    ...{ ticks: 500, samples: 10, isInspected: false, limit: 3_000 },
  });
  expect(violations).toEqual([]);
  expect({ ticks, payments, scrapes }).toEqual({ ticks: 500, payments: 9, scrapes: 9 });
});
