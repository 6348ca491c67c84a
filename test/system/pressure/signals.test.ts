import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Restart } from '../../pressure/plan.ts';
import { STOPS, STRANGE } from '../../pressure/plan.ts';
import { play } from '../../pressure/storm.ts';
import { openDevSite, openRunSite, type StormSite } from '../../pressure/storm-site.ts';

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

describe('treasury run', () => {
  test.each([
    [
      'is not ended, nor opened to a debugger, by signals that mean nothing',
      { before: [...STRANGE, 'SIGTERM'] },
    ],
    [
      'ends as its terminal does, whose reader is gone',
      { closes: 'stderr', before: ['SIGHUP'], after: [...STOPS] },
    ],
    [
      'records what is out, however often it is told to stop',
      { moment: 'submitting', after: [...STOPS, ...STOPS, ...STRANGE], isPressed: true },
    ],
    [
      'is stopped while it waits for an RPC that hangs',
      { moment: 'hanging', closes: 'stdout', before: ['SIGINT'], after: [...STOPS] },
    ],
    ['is stopped before the RPC has said which chain it is', { moment: 'connecting', after: [...STOPS] }],
    [
      'is stopped before it has loaded itself',
      { moment: 'loading', isInstalled: false, loadedBytes: 500_000 },
    ],
  ] satisfies [string, Partial<Restart>][])('%s', async (_name, more) => {
    const { violations, signals } = await play(run, restart(more));
    expect(violations).toEqual([]);
    expect(signals).toBeGreaterThan(0);
  });

  test('has paid everything once', async () => {
    expect(await run.settle()).toEqual([]);
  });
});

describe('treasury dev', () => {
  test.each(STOPS)('leaves one chain behind at %s, and finds it again', async (signal) => {
    const moment = signal === 'SIGHUP' ? 'serving' : 'ticking';
    const { violations } = await play(dev, restart({ command: 'dev', moment, before: [...STRANGE, signal] }));
    expect(violations).toEqual([]);
  });

  test('has paid everything once', async () => {
    expect(await dev.settle()).toEqual([]);
  });
});
