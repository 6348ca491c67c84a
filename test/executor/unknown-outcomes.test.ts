import { expect, test } from 'vitest';
import type { DisbursementRow, DisbursementStatus } from '../../machines/index.ts';
import { UnknownOutcomes } from '../../src/executor/unknown-outcomes.ts';

const row = (id: string, status: DisbursementStatus = 'staged') => ({ id, status }) as DisbursementRow;

test('the oldest is told until it is known', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.submitted('a', 'FAILURE', 1);
  outcomes.submitted('b', 'FAILURE', 2);
  outcomes.submitted('a', 'FAILURE', 3);
  expect([outcomes.count, outcomes.oldestAt]).toEqual([2, 1]);
  outcomes.lookedUp(row('a'), true, 4);
  expect([outcomes.count, outcomes.oldestAt]).toEqual([1, 2]);
  outcomes.submitted('b', 'SUCCESS', 5);
  expect([outcomes.count, outcomes.oldestAt]).toEqual([0, undefined]);
});

test('a refusal takes nothing back, and adds nothing', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.staged('a');
  outcomes.submitted('a', 'CANCELLED', 1);
  outcomes.lookedUp(row('a'), false, 2);
  expect(outcomes.count).toBe(0);
  outcomes.submitted('a', 'FAILURE', 3);
  outcomes.submitted('a', 'CANCELLED', 4);
  expect(outcomes.oldestAt).toBe(3);
});

test('what was sent and is not found any more is in doubt', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.staged('a');
  outcomes.submitted('a', 'SUCCESS', 1);
  outcomes.lookedUp(row('a', 'submitted'), false, 2);
  expect(outcomes.oldestAt).toBe(2);
});

test.each(['executed', 'cancelled'] as const)('a row that is %s is nobody’s doubt', (status) => {
  const outcomes = new UnknownOutcomes();
  outcomes.lookedUp(row('a', status), false, 1);
  expect(outcomes.count).toBe(0);
});

test('what was staged is in doubt under another fence, not under the same', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.leased(1);
  outcomes.staged('a');
  outcomes.leased(1);
  outcomes.lookedUp(row('a'), false, 1);
  expect(outcomes.count).toBe(0);
  outcomes.leased(3);
  outcomes.lookedUp(row('a'), false, 2);
  expect(outcomes.oldestAt).toBe(2);
});

test('what is not in flight any more is forgotten, and all of it without the lease', () => {
  const outcomes = new UnknownOutcomes();
  outcomes.submitted('a', 'FAILURE', 1);
  outcomes.submitted('b', 'FAILURE', 2);
  outcomes.keep([row('b')]);
  expect([outcomes.count, outcomes.oldestAt]).toEqual([1, 2]);
  outcomes.staged('c');
  outcomes.clear();
  expect(outcomes.count).toBe(0);
  outcomes.lookedUp(row('c'), false, 3);
  expect(outcomes.oldestAt).toBe(3);
});
