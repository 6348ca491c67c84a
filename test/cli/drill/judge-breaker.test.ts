import { describe, expect, test } from 'vitest';
import { resolvePolicy } from '../../../machines/index.ts';
import {
  judgeAgreement,
  judgeClosed,
  judgeDoubt,
  judgeFreshDeadline,
  judgeHealthy,
  judgeOpening,
  judgeQuiet,
  judgeRecovery,
  judgeReopening,
  openErasOf,
  quietOf,
} from '../../../src/cli/drill/judge-breaker.ts';
import type { Reading } from '../../../src/cli/drill/reading.ts';
import { aReading } from './readings.ts';

const policy = resolvePolicy({ openTimeoutMs: 3_000 });

/** What is found wrong names what was looked at; nothing is found where nothing is wrong. */
const found = (problems: readonly string[]): string => problems.join('\n');

describe('gauges and /api/breaker', () => {
  test('agree', () => {
    for (const state of ['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'] as const) {
      expect(judgeAgreement(aReading(state))).toEqual([]);
    }
  });

  test.each([
    ['state', { state: 1 }, 'treasury_circuit_breaker_state is 1, but /api/breaker tells 0'],
    ['failures', { failures: 4 }, 'treasury_circuit_breaker_failures is 4, but /api/breaker tells 0'],
    ['successes', { successes: 1 }, 'treasury_circuit_breaker_successes is 1, but /api/breaker tells 0'],
    ['isolated', { isolated: 1 }, 'treasury_circuit_breaker_isolated is 1, but /api/breaker tells 0'],
    ['absent', { state: undefined }, 'treasury_circuit_breaker_state is absent, but /api/breaker tells 0'],
    [
      'countdown',
      { openRemainingSeconds: 2 },
      'treasury_circuit_breaker_open_remaining_seconds is 2 in CLOSED',
    ],
  ] as const)('differ in the %s', (_what, more, problem) => {
    expect(judgeAgreement(aReading('CLOSED', more))).toEqual([problem]);
  });
});

describe('before', () => {
  test('it is CLOSED, and nothing counts against it', () => {
    expect(judgeHealthy(aReading('CLOSED'))).toEqual([]);
  });

  test('it is OPEN', () => {
    for (const judge of [judgeClosed, judgeHealthy]) {
      expect(judge(aReading('OPEN'))).toEqual(['the state at /api/breaker is OPEN, expected CLOSED']);
    }
  });

  test('its gauge tells something else', () => {
    for (const judge of [judgeClosed, judgeHealthy]) {
      expect(judge(aReading('CLOSED', { state: 1 }))).toEqual([
        'treasury_circuit_breaker_state is 1, but /api/breaker tells 0',
      ]);
    }
  });

  test('a failure counts against it: CLOSED, but not as at the beginning', () => {
    const reading = aReading('CLOSED', { failures: 1, view: { failures: 1 } });
    expect(judgeClosed(reading)).toEqual([]);
    expect(judgeHealthy(reading)).toEqual(['treasury_circuit_breaker_failures is 1, expected 0']);
  });

  test('it is still counting successes', () => {
    const reading = aReading('CLOSED', { successes: 1, view: { successes: 1 } });
    expect(judgeHealthy(reading)).toEqual(['treasury_circuit_breaker_successes is 1, expected 0']);
  });
});

describe('opening', () => {
  const before = aReading('CLOSED');
  const opened = (more: Parameters<typeof aReading>[1] = {}): Reading =>
    aReading('OPEN', { transitions: { 'CLOSED>OPEN': 1 }, ...more });
  const judge = (reading: Reading): string => found(judgeOpening(before, reading, policy));

  test('is as it should be', () => expect(judge(opened())).toBe(''));

  test.each([
    [
      'it stays CLOSED',
      aReading('CLOSED', { failures: 7, view: { failures: 7 } }),
      'is CLOSED, expected OPEN',
    ],
    [
      'after too few failures',
      opened({ failures: 3, view: { failures: 3 } }),
      'treasury_circuit_breaker_failures is 3, expected 5',
    ],
    [
      'after too many failures',
      opened({ failures: 6, view: { failures: 6 } }),
      'treasury_circuit_breaker_failures is 6, expected 5',
    ],
    [
      'the gauge does not follow',
      opened({ state: 0 }),
      'treasury_circuit_breaker_state is 0, but /api/breaker tells 1',
    ],
    ['somebody isolated it', aReading('ISOLATED'), 'is ISOLATED, expected OPEN'],
    [
      'without a countdown',
      opened({ openRemainingSeconds: 0 }),
      'remaining_seconds is 0, expected more than 0',
    ],
    ['twice', opened({ transitions: { 'CLOSED>OPEN': 2 } }), 'changes CLOSED -> OPEN is 2, expected 1'],
    ['uncounted', opened({ transitions: {} }), 'changes CLOSED -> OPEN is 0, expected 1'],
    ['without an end', opened({ view: { retryAfterMs: null } }), 'retryAfterMs at /api/breaker is null'],
    ['that is over', opened({ view: { retryAfterMs: 0 } }), 'retryAfterMs at /api/breaker is 0'],
    ['for too long', opened({ view: { retryAfterMs: 3_001 } }), 'expected more than 0 and at most 3000'],
  ] as const)('%s', (_what, reading, problem) => expect(judge(reading)).toContain(problem));

  test('may last longer where the policy lets it grow', () => {
    const growing = resolvePolicy({ openTimeoutMs: 3_000, openBackoff: { factor: 2, maxMs: 20_000 } });
    expect(judgeOpening(before, opened({ view: { retryAfterMs: 12_000 } }), growing)).toEqual([]);
  });
});

describe('while it is OPEN', () => {
  const at = (lastTickAt: number, more: Parameters<typeof aReading>[1] = {}): Reading =>
    aReading('OPEN', { lastTickAt, ...more });
  const judge = (...readings: readonly Reading[]): string =>
    found(judgeQuiet(quietOf(openErasOf(readings)[0] ?? [])));

  test('ticks are refused, and nothing is submitted', () => {
    const readings = [at(1_100), at(1_200, { rejections: 1 }), at(1_300, { rejections: 2 })];
    expect(quietOf(openErasOf(readings)[0] ?? [])).toEqual({ ticks: 2, submissions: 0, rejections: 2 });
    expect(judge(...readings)).toBe('');
  });

  test.each(['success', 'failure', 'cancelled'])('a submission that is a %s is found', (outcome) => {
    const submissions = { success: 20, failure: 5, cancelled: 0 };
    const more = { rejections: 1, submissions: { ...submissions, [outcome]: 26 } };
    expect(judge(at(1_100), at(1_200, more))).toMatch(
      /^the rise of treasury_submissions_total while OPEN is \d+, expected 0$/,
    );
  });

  test('what was out when it opened may still end in that tick', () => {
    const during = at(999, { submissions: { success: 20, failure: 2 } });
    expect(judge(during, at(1_100), at(1_200, { rejections: 1 }))).toBe('');
  });

  test('what comes after it is not counted', () => {
    const after = aReading('HALF_OPEN', { lastTickAt: 1_300, submissions: { success: 99 } });
    expect(judge(at(1_100), at(1_200, { rejections: 1 }), after)).toBe('');
  });

  test('no tick has ended: nothing is proved', () => {
    for (const readings of [[], [at(1_100)], [at(999), at(999)]]) {
      expect(judge(...readings)).toMatch(/^no tick ended while the breaker was OPEN/);
    }
  });

  test('refusals are not counted', () => {
    expect(judge(at(1_100), at(1_200))).toMatch(/^treasury_circuit_breaker_rejections_total did not rise/);
  });

  test('submissions are not on the page', () => {
    const absent = { submissions: undefined, rejections: 1 };
    expect(judge(at(1_100, absent), at(1_200, { ...absent, rejections: 2 }))).toBe(
      'the rise of treasury_submissions_total while OPEN is absent, expected 0',
    );
  });

  test('each OPEN state is looked at alone', () => {
    const again = { view: { generation: 2 } };
    const eras = openErasOf([at(1_100), aReading('HALF_OPEN'), at(1_300, again), at(1_400, again)]);
    expect(eras.map((era) => era.length)).toEqual([1, 2]);
  });

  test('lost replies are known to be in doubt', () => {
    expect(judgeDoubt(at(1_100, { unknownOutcomes: 3 }), 3)).toEqual([]);
    expect(judgeDoubt(at(1_100, { unknownOutcomes: 2 }), 3)).toEqual([
      'treasury_executor_unknown_outcomes is 2, expected at least 3: replies were lost',
    ]);
  });
});

describe('a try that fails', () => {
  const before = aReading('OPEN', { transitions: { 'CLOSED>OPEN': 1 } });
  const reopened = (more: Parameters<typeof aReading>[1] = {}): Reading =>
    aReading('OPEN', {
      transitions: { 'CLOSED>OPEN': 1, 'OPEN>HALF_OPEN': 1, 'HALF_OPEN>OPEN': 1 },
      submissions: { success: 20, failure: 6, cancelled: 0 },
      view: { generation: 3 },
      ...more,
    });
  const judge = (reading: Reading): string => found(judgeReopening(before, reading, policy));

  test('opens it again', () => expect(judge(reopened())).toBe(''));

  test.each([
    ['it never was HALF_OPEN', before, 'it never became HALF_OPEN'],
    [
      'and it closes',
      aReading('CLOSED', { transitions: { 'OPEN>HALF_OPEN': 1, 'HALF_OPEN>CLOSED': 1 } }),
      'is CLOSED, expected OPEN',
    ],
    [
      'and it was CLOSED meanwhile',
      reopened({ transitions: { 'OPEN>HALF_OPEN': 1, 'HALF_OPEN>CLOSED': 1, 'CLOSED>OPEN': 2 } }),
      'HALF_OPEN -> CLOSED is 1, expected 0',
    ],
    [
      'more probes than the policy allows',
      reopened({ submissions: { success: 20, failure: 7, cancelled: 0 } }),
      'the rise of treasury_submissions_total is 2, expected at most 1',
    ],
    [
      'its change is not counted',
      reopened({ transitions: { 'OPEN>HALF_OPEN': 1 } }),
      'changes HALF_OPEN -> OPEN is 0, expected 1',
    ],
  ] as const)('%s', (_what, reading, problem) => expect(judge(reading)).toContain(problem));

  test('gives it all of its time anew', () => {
    expect(judgeFreshDeadline(3_000, policy)).toEqual([]);
    // It is told a little later, on a busy machine.
    expect(judgeFreshDeadline(2_900, policy)).toEqual([]);
    expect(judgeFreshDeadline(2_899, policy)).toEqual([expect.stringContaining('expected at least 3000')]);
    const short = resolvePolicy({ openTimeoutMs: 200 });
    expect(judgeFreshDeadline(190, short)).toEqual([]);
    expect(judgeFreshDeadline(189, short)).toEqual([expect.stringContaining('expected at least 200')]);
    expect(judgeFreshDeadline(1_200, policy)).toEqual([
      'the new time in OPEN is 1200 ms, expected at least 3000',
    ]);
    const growing = resolvePolicy({ openTimeoutMs: 3_000, openBackoff: { factor: 2, maxMs: 5_000 } });
    expect(judgeFreshDeadline(5_000, growing)).toEqual([]);
    expect(judgeFreshDeadline(3_000, growing)).toEqual([expect.stringContaining('expected at least 5000')]);
    const random = resolvePolicy({ openTimeoutMs: 3_000, openBackoff: { jitter: 0.5 } });
    expect(judgeFreshDeadline(1_600, random)).toEqual([]);
  });
});

describe('recovery', () => {
  const before = aReading('OPEN', { transitions: { 'OPEN>HALF_OPEN': 1, 'HALF_OPEN>OPEN': 1 } });
  const judge = (more: Parameters<typeof aReading>[1]): string =>
    found(judgeRecovery(before, aReading('CLOSED', more)));

  test('goes by HALF_OPEN, with or without failed probes before', () => {
    const once = { 'OPEN>HALF_OPEN': 2, 'HALF_OPEN>OPEN': 1, 'HALF_OPEN>CLOSED': 1 };
    expect(judge({ transitions: once })).toBe('');
    expect(judge({ transitions: { ...once, 'OPEN>HALF_OPEN': 4, 'HALF_OPEN>OPEN': 3 } })).toBe('');
  });

  test('has not come', () => {
    expect(judgeRecovery(before, before)).toEqual(['the state at /api/breaker is OPEN, expected CLOSED']);
  });

  test.each([
    [
      'somebody reset it',
      { transitions: { 'OPEN>HALF_OPEN': 1, 'HALF_OPEN>OPEN': 1, 'OPEN>CLOSED': 1 } },
      'changes OPEN -> CLOSED is 1, expected 0',
    ],
    [
      'HALF_OPEN was left out',
      { transitions: { 'OPEN>HALF_OPEN': 1, 'HALF_OPEN>OPEN': 1, 'HALF_OPEN>CLOSED': 1 } },
      'it never became HALF_OPEN',
    ],
    [
      'it flaps',
      { transitions: { 'OPEN>HALF_OPEN': 3, 'HALF_OPEN>OPEN': 1, 'HALF_OPEN>CLOSED': 2 } },
      'changes HALF_OPEN -> CLOSED is 2, expected 1',
    ],
    [
      'failures still count',
      { failures: 5, view: { failures: 5 } },
      'treasury_circuit_breaker_failures is 5, expected 0',
    ],
  ] as const)('%s', (_what, more, problem) => expect(judge(more)).toContain(problem));
});
