import { describe, expect, test } from 'vitest';
import { leastPayouts, planPayouts } from '../../../src/cli/drill/payouts.ts';
import { mostAtOnce, SendLog } from '../../../src/cli/drill/send-log.ts';

describe('what is paid', () => {
  test.each([
    [5, 2],
    [1, 1],
    [10, 30],
    [50, 2],
  ])('is enough, with thresholds %i and %i, to open the breaker and to close it', (failures, successes) => {
    const thresholds = { failureThreshold: failures, successThreshold: successes };
    const least = leastPayouts(thresholds);
    for (const count of [least, least + 1, least + 2, 500]) {
      const { before, batch, answered, lost, behind } = planPayouts(count, thresholds);
      expect([...before, ...batch, ...behind].map(({ id }) => Number(id.replace('DRILL-', '')))).toEqual(
        Array.from({ length: count }, (_, index) => index + 1),
      );
      expect(answered).toBeGreaterThan(0);
      expect(lost).toBeLessThan(failures);
      // Once more than it takes: successes before them may be recorded in between.
      expect(batch.length - answered).toBeGreaterThanOrEqual(2 * failures);
      // The first of those that come while it is OPEN is the probe that fails.
      expect(behind.length).toBeGreaterThan(0);
      expect(batch.length - answered - lost + behind.length - 1).toBeGreaterThanOrEqual(successes);
    }
  });

  test('is told for any threshold that a policy may have', () => {
    const highest = { failureThreshold: 1_000_000_000, successThreshold: 1 };
    expect(leastPayouts(highest)).toBe(5_333_333_334);
  });

  test('is all different, to several payees', () => {
    const { before, batch, behind } = planPayouts(60, { failureThreshold: 5, successThreshold: 2 });
    const all = [...before, ...batch, ...behind];
    for (const field of ['id', 'amount'] as const) {
      expect(new Set(all.map((row) => row[field])).size).toBe(60);
    }
    expect(new Set(all.map(({ destination }) => destination)).size).toBe(7);
    for (const { destination } of all) expect(destination).toMatch(/^0x[0-9a-f]{40}$/);
  });
});

describe('the log of what is sent', () => {
  const SEND = 'eth_sendRawTransaction';

  test('counts transactions and questions apart', () => {
    const log = new SendLog();
    for (const method of [SEND, 'eth_chainId', SEND]) log.note(method);
    expect([log.sends.length, log.otherCalls]).toEqual([2, 1]);
  });

  test('lets the RPC break behind so many, and loses the replies of the last of them', () => {
    const log = new SendLog();
    const sprung: number[] = [];
    log.note(SEND);
    log.breakAt({ answered: 2, lost: 2, spring: () => sprung.push(log.sends.length) });
    const lost = [SEND, SEND, 'eth_chainId', SEND, SEND, SEND].map((method) => log.note(method).losesReply);
    expect(lost.map((each) => each ?? false)).toEqual([false, false, false, true, true, false]);
    expect(sprung).toEqual([5]);
  });

  test('knows how many were out at once', () => {
    expect(mostAtOnce([])).toBe(0);
    expect(
      mostAtOnce([
        { at: 0, endedAt: 4 },
        { at: 1, endedAt: 2 },
        { at: 2, endedAt: 3 },
        { at: 3, endedAt: undefined },
        { at: 9, endedAt: 10 },
      ]),
    ).toBe(2);
  });

  test('sees the end of a transaction once', () => {
    const log = new SendLog();
    const call = log.note(SEND);
    expect(log.sends[0]?.endedAt).toBeUndefined();
    call.ended();
    const [first] = log.sends.map(({ endedAt }) => endedAt);
    call.ended();
    expect(first).toBeTypeOf('number');
    expect(log.sends[0]?.endedAt).toBe(first);
  });
});
