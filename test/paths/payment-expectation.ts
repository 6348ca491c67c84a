import { expect } from 'vitest';
import type { Commitment, DisbursementStatus } from '../../machines/index.ts';
import type { ReplayedStep } from '../../src/testing/index.ts';
import type { PaymentPath } from './charts.ts';
import { type fakedPayment, intentOf, type PaymentVariant } from './payment-cases.ts';
import { contractSays, type PaymentFacts, reportOf } from './payment-table.ts';

type Step = ReplayedStep<typeof fakedPayment>;

const beginning = ({ input: { row, onInsufficientFunds } }: PaymentVariant): PaymentFacts => ({
  mayWaitForMoney: onInsufficientFunds === 'hold',
  waitsFor: undefined,
  order: undefined,
  status: row.status,
  attempts: row.attempts,
  reason: row.reason,
  durable: row.intents.map(({ nonce }) => nonce),
  signed: undefined,
  change: undefined,
  outcome: undefined,
  isUnknownToChain: false,
  isOverdue: false,
  error: undefined,
});

/** What the port is asked: always the row as it is durable, and only bytes that were signed. */
function inputOf(
  { waitsFor, durable, signed, status, attempts, reason, change, order }: PaymentFacts,
  event: object,
) {
  const row = { id: 'a', status, attempts, reason, intents: durable.map(intentOf) };
  switch (waitsFor) {
    case 'sign': {
      const { unmined = [] } = event as { unmined?: readonly Commitment[] };
      const asked = { row: expect.objectContaining(row) };
      if (order !== 'BUMP') return { ...asked, nonce: 7, unmined, replaces: undefined };
      // The same nonce, and what it promises itself is not promised to others.
      const nonce = durable.at(-1) ?? -1;
      const others = unmined.filter((other) => other.nonce !== nonce);
      return { ...asked, nonce, unmined: others, replaces: intentOf(nonce) };
    }
    case 'stage':
      return { intent: signed, isBump: order === 'BUMP' };
    case 'submit':
      return { intent: intentOf(durable.at(-1) ?? -1) };
    case 'lookUp':
      return { row: expect.objectContaining(row) };
    case 'record':
      return { row: expect.objectContaining(row), change };
    default:
      throw new Error(`${order} asks nobody`);
  }
}

const ROAD: readonly DisbursementStatus[] = ['queued', 'staged', 'submitted', 'executed', 'finalized'];

function expectStep(facts: PaymentFacts, step: Step): void {
  const next = contractSays(facts, step.event);
  const { waitsFor } = next;
  const isHeard = next !== facts;
  const asks = isHeard && waitsFor !== undefined ? [{ id: waitsFor, input: inputOf(next, step.event) }] : [];
  expect(step.started).toEqual(asks);

  const isSigned = isHeard && waitsFor === 'stage';
  const signed = isSigned ? [{ type: 'SIGNED', intent: next.signed, amount: 5n }] : [];
  const told = isHeard && waitsFor === undefined ? reportOf(next) : signed;
  expect(step.sent).toEqual(told.map((event) => ({ to: 'executor', event })));

  const { status, attempts, reason, durable } = next;
  expect(step.after.status).toBe('active');
  const isAtRest = step.after.matches('queued') || step.after.matches('underway');
  expect(isAtRest).toBe(waitsFor === undefined);
  expect(step.after.context.row).toMatchObject({ status, attempts, reason, intents: durable.map(intentOf) });
  if (!isHeard) expect(step.after === step.before).toBe(true);
  expectMoneyIsSafe(facts, next, step);
}

/** The rules about bytes, said once more for themselves. */
function expectMoneyIsSafe(facts: PaymentFacts, next: PaymentFacts, { before, after, started }: Step): void {
  const wasUnderWay = facts.status !== 'queued';
  for (const { id, input } of started) {
    if (id === 'sign' && wasUnderWay) expect(input).toMatchObject({ nonce: facts.durable.at(-1) });
  }
  if (wasUnderWay && next.status !== facts.status) expect(next.status).not.toBe('cancelled');
  expect(after.context.row.intents.slice(0, facts.durable.length)).toEqual(before.context.row.intents);
  const isOnRoad = ROAD.includes(next.status) && ROAD.includes(facts.status);
  const isBack = isOnRoad && ROAD.indexOf(next.status) < ROAD.indexOf(facts.status);
  if (isBack) expect([facts.status, next.status]).toEqual(['executed', 'submitted']);
}

/**
 * What the last step of a path did is what the contract says. The steps before it are edges of their own, and judged
 * there.
 */
export function expectPaymentPath(variant: PaymentVariant, path: PaymentPath, edge: Step): void {
  const before = path.approach.reduce((facts, { event }) => contractSays(facts, event), beginning(variant));
  expectStep(before, edge);
}
