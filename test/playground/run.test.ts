import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PRESETS } from '../../visualizations/playground/src/presets.ts';
import { Run } from '../../visualizations/playground/src/run.ts';
import { anyScenario, ask, FAIL, runOf, SUCCEED, scenarioOf, times, wait } from './scenarios.ts';

const opened = times(5, FAIL);

describe('a sequence', () => {
  test('opens at the threshold, and tells each step with its counts', () => {
    const { entries, view } = runOf(...opened);
    expect(view).toMatchObject({ state: 'OPEN', failures: 5, generation: 1, openings: 1 });
    expect(entries.map(({ after }) => after.failures)).toEqual([1, 2, 3, 4, 5]);
    expect(entries.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
    expect(entries.at(-1)).toMatchObject({
      type: 'FAILURE',
      verdict: 'taken',
      guards: ['reachesFailureThreshold'],
      edges: ['circuitBreaker.CLOSED|FAILURE|1'],
      before: { state: 'CLOSED', failures: 4 },
    });
  });

  test('OPEN lasts to the very millisecond', () => {
    const run = runOf(...opened, wait(59_999));
    expect(run.view.state).toBe('OPEN');
    expect(run.view.due).toMatchObject([{ endsAt: 60_000, target: 'HALF_OPEN' }]);
    run.apply(wait(1));
    expect(run.view.state).toBe('HALF_OPEN');
    expect(run.entries.at(-1)).toMatchObject({
      at: 60_000,
      type: expect.stringMatching(/openTimeout/),
      step: 6,
    });
  });

  test('what comes to nothing says why', () => {
    const { entries } = runOf(
      { type: 'CANCELLED' },
      { type: 'SUCCESS', generation: 7 },
      ...opened,
      FAIL,
      ask('late'),
      wait(60_000),
      { type: 'SUCCESS', permit: 'nobody' },
    );
    const nothing = entries.filter(({ verdict }) => verdict === 'ignored' || verdict === 'refused');
    expect(nothing.map(({ verdict, reason }) => `${verdict}: ${reason}`)).toEqual([
      'ignored: CLOSED ignores it',
      'refused: stale generation',
      'ignored: OPEN ignores it',
      'refused: permit denied',
      'refused: its permit is not out',
    ]);
    for (const { before, after } of nothing) expect({ ...after, due: [] }).toEqual({ ...before, due: [] });
  });

  test('time in which nothing happens is an entry of its own', () => {
    expect(runOf(wait(5_000)).entries).toMatchObject([{ at: 5_000, verdict: 'idle' }]);
  });
});

describe('a wait over several timers', () => {
  test('stops at each, in the order in which they end', () => {
    const { entries, view } = runOf(FAIL, wait(1_000), FAIL, wait(1_000), FAIL, wait(600_000));
    const aged = entries.filter(({ type }) => type === 'FAILURE_AGED');
    expect(aged.map(({ at }) => at)).toEqual([300_000, 301_000, 302_000]);
    expect(aged.map(({ after }) => after.failures)).toEqual([2, 1, 0]);
    expect(entries.at(-1)).toMatchObject({ at: 602_000, verdict: 'idle', step: 5 });
    expect(view.failures).toBe(0);
  });

  test('timers of one millisecond are told one by one', () => {
    const { entries } = runOf(FAIL, FAIL, wait(300_000));
    expect(entries.slice(2)).toMatchObject([
      { at: 300_000, before: { failures: 2 }, after: { failures: 1 } },
      { at: 300_000, before: { failures: 1 }, after: { failures: 0 } },
    ]);
  });

  test('a backoff of a fraction of a millisecond ends on the next whole one, never early', () => {
    const scenario = scenarioOf(
      [FAIL, wait(10), wait(1)],
      {
        failureThreshold: 1,
        openTimeoutMs: 10,
        openBackoff: { jitter: 0.5 },
      },
      0.55,
    );
    const { entries } = new Run(scenario);
    expect(entries.map(({ at, after }) => [at, after.state])).toEqual([
      [0, 'OPEN'],
      [10, 'OPEN'],
      [11, 'HALF_OPEN'],
    ]);
  });

  test('an opening of next to no time lasts a millisecond, and does not hang the page', () => {
    const policy = { failureThreshold: 1, openTimeoutMs: 1, openBackoff: { jitter: 1 - Number.EPSILON / 2 } };
    const { entries } = new Run(scenarioOf([wait(60_000), FAIL, wait(10)], policy, 0));
    expect(entries.map(({ at, after }) => [at, after.state])).toEqual([
      [60_000, 'CLOSED'],
      [60_000, 'OPEN'],
      [60_001, 'HALF_OPEN'],
      [60_010, 'HALF_OPEN'],
    ]);
  });

  test('one long wait leads to where as many milliseconds lead', () => {
    fc.assert(
      fc.property(anyScenario, fc.integer({ min: 1, max: 120 }), (scenario, ms) => {
        const [long, short] = [new Run(scenario), new Run(scenario)];
        long.apply(wait(ms));
        for (let i = 0; i < ms; i += 1) short.apply(wait(1));
        const shown = ({ now, view, permits }: Run) => ({
          now,
          permits,
          ...view,
          due: view.due.map(({ event, endsAt }) => ({ event, endsAt })),
        });
        expect(shown(long)).toEqual(shown(short));
      }),
      { numRuns: 60 },
    );
  });
});

describe('permits', () => {
  test('the answer is told, and the permit is out until its outcome', () => {
    const run = runOf(...opened, wait(60_000), ask('a'), ask('b'));
    expect(run.entries.at(-2)?.answer).toEqual({
      type: 'PERMIT_GRANTED',
      id: 'a',
      generation: 2,
      permit: 'a',
    });
    expect(run.entries.at(-1)?.answer).toEqual({
      type: 'PERMIT_DENIED',
      id: 'b',
      state: 'HALF_OPEN',
      retryAfterMs: 30_000,
    });
    expect(run.permits).toEqual([{ id: 'a', generation: 2, holdsSlot: true }]);
    run.apply({ type: 'SUCCESS', permit: 'a' });
    expect(run.permits).toEqual([]);
    expect(run.view).toMatchObject({ successes: 1, probes: 0 });
    expect(run.entries.at(-1)?.sent).toEqual({ type: 'SUCCESS', generation: 2, permit: 'a' });
  });

  test('one of an earlier era is late: its outcome changes nothing', () => {
    const run = runOf(ask('early'), ...opened, wait(60_000), { type: 'FAILURE', permit: 'early' });
    expect(run.entries.at(-1)).toMatchObject({
      sent: { type: 'FAILURE', generation: 0 },
      verdict: 'refused',
      reason: 'stale generation',
    });
    expect(run.view.state).toBe('HALF_OPEN');
  });

  test('one that nobody settles times out', () => {
    const run = runOf(...opened, wait(60_000), ask('a'), wait(30_000));
    expect(run.entries.at(-1)).toMatchObject({ type: 'PROBE_TIMED_OUT', after: { state: 'OPEN' } });
    expect(run.permits).toHaveLength(1);
  });

  test('an anonymous one is answered, and freed by a bare outcome', () => {
    const run = runOf(...opened, wait(60_000), { type: 'PERMIT' });
    expect(run.view.probes).toBe(1);
    expect(run.permits).toEqual([]);
    run.apply(SUCCEED);
    expect(run.view.probes).toBe(0);
  });
});

test('the lot that is drawn is part of the scenario', () => {
  const openLength = (draw: number) =>
    new Run(scenarioOf([FAIL], { failureThreshold: 1, openBackoff: { jitter: 0.5 } }, draw)).view
      .openLengthMs;
  expect([0, 0.5, 0.75].map(openLength)).toEqual([30_000, 60_000, 75_000]);
});

test('the same scenario always gives the same entries', () => {
  fc.assert(
    fc.property(anyScenario, (scenario) => {
      expect(new Run(scenario).entries).toEqual(new Run(scenario).entries);
    }),
    { numRuns: 40 },
  );
});

test.each([
  ['five failures open it', 'OPEN', 'permit denied'],
  ['a probe fails', 'OPEN', undefined],
  ['recovery', 'CLOSED', 'permit denied'],
  ['a stale outcome changes nothing', 'HALF_OPEN', 'stale generation'],
  ['failures age', 'OPEN', undefined],
  ['backoff', 'CLOSED', undefined],
])('the preset "%s" shows what its name says', (name, state, reason) => {
  const preset = PRESETS.find((each) => each.name === name);
  const { view, entries } = new Run(preset?.scenario ?? scenarioOf([]));
  expect(view.state).toBe(state);
  expect(entries.find(({ verdict }) => verdict === 'refused')?.reason).toBe(reason);
});

test('in the preset "backoff" each opening is longer than the one before, up to the limit', () => {
  const preset = PRESETS.find(({ name }) => name === 'backoff');
  const { entries } = new Run(preset?.scenario ?? scenarioOf([]));
  const lengths = entries
    .filter(({ before, after }) => before.state !== 'OPEN' && after.state === 'OPEN')
    .map(({ after }) => after.openLengthMs);
  expect(lengths).toEqual([54_000, 108_000, 180_000, 180_000]);
});
