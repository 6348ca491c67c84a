import { expect, test } from 'vitest';
import type { DisbursementRow, DisbursementStatus } from '../../machines/index.ts';
import { UnknownOutcomes } from '../../src/executor/unknown-outcomes.ts';

const row = (id: string, status: DisbursementStatus = 'staged') => ({ id, status }) as DisbursementRow;

const FOUND = { isKnown: true, isUntried: false };
const LOST = { isKnown: false, isUntried: false };

test('the oldest is told until it is known', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.submitted('a', 'FAILURE', 1);
  outcomes.submitted('b', 'FAILURE', 2);
  outcomes.submitted('a', 'FAILURE', 3);
  expect([outcomes.count, outcomes.oldestAt]).toEqual([2, 1]);
  outcomes.lookedUp(row('a'), FOUND, 4);
  expect([outcomes.count, outcomes.oldestAt]).toEqual([1, 2]);
  outcomes.submitted('b', 'SUCCESS', 5);
  expect([outcomes.count, outcomes.oldestAt]).toEqual([0, undefined]);
});

test('a refusal takes nothing back, and adds nothing', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.submitted('a', 'CANCELLED', 1);
  expect(outcomes.count).toBe(0);
  outcomes.submitted('a', 'FAILURE', 3);
  outcomes.submitted('a', 'CANCELLED', 4);
  expect(outcomes.oldestAt).toBe(3);
});

test('what was sent and is not found any more is in doubt', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.submitted('a', 'SUCCESS', 1);
  outcomes.lookedUp(row('a', 'submitted'), LOST, 2);
  expect(outcomes.oldestAt).toBe(2);
});

test.each(['executed', 'cancelled'] as const)('a row that is %s is nobody’s doubt', (status) => {
  const outcomes = new UnknownOutcomes();
  outcomes.lookedUp(row('a', status), LOST, 1);
  expect(outcomes.count).toBe(0);
});

test('what was staged and not sent is in doubt once somebody else may have sent it', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.lookedUp(row('a'), { isKnown: false, isUntried: true }, 1);
  expect(outcomes.count).toBe(0);
  outcomes.lookedUp(row('a'), LOST, 2);
  expect(outcomes.oldestAt).toBe(2);
});

test('what is not in flight any more is forgotten, and all of it without the lease', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.submitted('a', 'FAILURE', 1);
  outcomes.submitted('b', 'FAILURE', 2);
  outcomes.keep([row('b')]);
  expect([outcomes.count, outcomes.oldestAt]).toEqual([1, 2]);
  outcomes.clear();
  expect(outcomes.count).toBe(0);
});
