import { expect, test } from 'vitest';
import { Payouts } from './payouts.ts';

test('each has a payee and an amount of its own', () => {
  const rows = new Payouts(1).next(2_000, 3);
  expect(new Set(rows.map(({ destination }) => destination)).size).toBe(rows.length);
  expect(new Set(rows.map(({ amount }) => amount)).size).toBe(rows.length);
});

test('some wait for earlier ones that can be paid, some for the next epoch, some are beyond the account', () => {
  const rows = new Payouts(1).next(2_000, 3);
  const beyond = rows.filter(({ amount }) => amount > 10n ** 24n).map(({ id }) => id);
  expect(beyond.length).toBeGreaterThan(0);
  expect(rows.some(({ scheduledEpoch }) => scheduledEpoch === 4)).toBe(true);
  const waiting = rows.filter(({ dependsOn }) => dependsOn.length > 0);
  expect(waiting.length).toBeGreaterThan(100);
  for (const { id, dependsOn } of waiting) {
    expect(dependsOn.every((other) => other < id && !beyond.includes(other))).toBe(true);
  }
});

test('a seed asks for the same', () => {
  expect(new Payouts(5).next(50, 0)).toEqual(new Payouts(5).next(50, 0));
  expect(new Payouts(5).next(50, 0)).not.toEqual(new Payouts(6).next(50, 0));
});
