import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Restart, STOPS, STRANGE } from '../../pressure/plan.ts';
import { play } from '../../pressure/storm.ts';
import { openDevSite, openRunSite, type StormSite } from '../../pressure/storm-site.ts';
import { chainOf } from '../cli/live-treasury.ts';

// A few restarts of those that `npm run pressure` plays by the hundred.
let run: StormSite;
let dev: StormSite;
beforeAll(async () => {
  [run, dev] = await Promise.all([openRunSite(), openDevSite()]);
});
afterAll(() => Promise.all([run.close(), dev.close()]));

const restart = (more: Partial<Restart>): Restart => ({
  ...{ ordinal: 0, command: 'run', moment: 'ticking', isInstalled: true, loadedBytes: 0, closes: undefined },
  ...{ before: ['SIGTERM'], after: [], isPressed: false },
  ...more,
});

const CASES: readonly (readonly [string, Partial<Restart>])[] = [
  [
    'is not ended, nor opened to a debugger, by signals that mean nothing',
    { before: [...STRANGE, 'SIGTERM'] },
  ],
  [
    'records what is out when its terminal is closed, however often it is told to stop',
    {
      ...{ moment: 'submitting', closes: 'stderr', before: ['SIGHUP'] },
      ...{ after: [...STOPS, ...STRANGE], isPressed: true },
    },
  ],
  [
    'is stopped while it waits for an RPC that hangs, and nobody reads what it says',
    { moment: 'hanging', closes: 'stdout', before: ['SIGINT'], after: STOPS },
  ],
  ['is stopped before the RPC has said which chain it is', { moment: 'connecting', after: STOPS }],
];

describe('treasury run', () => {
  test.each(CASES)('%s', async (_name, more) => {
    const { violations, signals } = await play(run, restart(more));
    expect(violations).toEqual([]);
    expect(signals).toBeGreaterThan(0);
  });

  test('has paid everything once', async () => {
    expect(await run.settle()).toEqual([]);
  });
});

describe('treasury dev', () => {
  test('leaves one chain behind when its terminal is closed', async () => {
    const { violations } = await play(dev, restart({ command: 'dev', before: [...STRANGE, 'SIGHUP'] }));
    expect(violations).toEqual([]);
  });

  test('finds it again, and has paid everything once', async () => {
    const before = await chainOf(dev.site.folder);
    expect(await dev.settle()).toEqual([]);
    expect(await chainOf(dev.site.folder)).toEqual(before);
  });
});
