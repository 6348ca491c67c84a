import { expect } from 'vitest';
import {
  type DisbursementStatus,
  NOTHING_UNMINED,
  type SignedIntent,
  type Unmined,
  unminedOf,
} from '../../machines/index.ts';
import type { ReplayedStep } from '../../src/testing/index.ts';
import type { PaymentPath } from './charts.ts';
import {
  type fakedPayment,
  isToFill,
  MAX_ATTEMPTS,
  nonceBefore,
  PAY_NONCE,
  type PaymentVariant,
} from './payment-cases.ts';
import { bytesOf, contractSays, type PaymentFacts, reportOf } from './payment-table.ts';

type Step = ReplayedStep<typeof fakedPayment>;

const beginning = ({ input: { row, onInsufficientFunds, isUntried } }: PaymentVariant): PaymentFacts => ({
  mayWaitForMoney: onInsufficientFunds === 'hold',
  waitsFor: undefined,
  order: undefined,
  status: row.status,
  attempts: row.attempts,
  reason: row.reason,
  nonce: row.nonce,
  durable: row.intents,
  signed: undefined,
  change: undefined,
  outcome: undefined,
  isUnknownToChain: false,
  isOverdue: false,
  needsFill: false,
  isGap: row.isGap,
  isUntried,
  error: undefined,
});

/** What the port is asked: always the row as it is durable, and only bytes that were signed. */
function inputOf(facts: PaymentFacts, event: object) {
  const { waitsFor, durable, signed, status, attempts, reason, change, order, nonce, isGap } = facts;
  const row = { id: 'a', status, attempts, reason, nonce, isGap, intents: durable };
  switch (waitsFor) {
    case 'sign': {
      const { unmined = NOTHING_UNMINED } = event as { unmined?: Unmined };
      const asked = { row: expect.objectContaining(row) };
      if (order === 'PAY')
        return { ...asked, nonce: PAY_NONCE, purpose: 'pay', unmined, replaces: undefined };
      // The same nonce, and what it promises itself is not promised to others.
      const others = unminedOf(unmined.rows.filter((other) => other.nonce !== nonce));
      const purpose = isToFill(facts) ? 'fill' : 'pay';
      return { ...asked, nonce, purpose, unmined: others, replaces: durable.at(-1) };
    }
    case 'stage':
      return {
        intent: signed,
        isFirst: order === 'PAY',
        follows: order === 'PAY' && nonceBefore(row) === PAY_NONCE - 1,
      };
    case 'submit':
      return { intent: bytesOf(facts) };
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
  const amount = next.signed?.purpose === 'fill' ? 0n : 5n;
  const signed = isSigned ? [{ type: 'SIGNED', intent: next.signed, amount }] : [];
  const told = isHeard && waitsFor === undefined ? reportOf(next) : signed;
  expect(step.sent).toEqual(told.map((event) => ({ to: 'executor', event })));

  const { status, attempts, reason, nonce, isGap, durable } = next;
  expect(step.after.status).toBe('active');
  const isAtRest = step.after.matches('queued') || step.after.matches('underway');
  expect(isAtRest).toBe(waitsFor === undefined);
  expect(step.after.context.row).toMatchObject({ status, attempts, reason, nonce, isGap, intents: durable });
  if (!isHeard) expect(step.after === step.before).toBe(true);
  expectMoneyIsSafe(facts, next, step);
}

/** The rules about bytes, said once more for themselves. */
function expectMoneyIsSafe(facts: PaymentFacts, next: PaymentFacts, step: Step): void {
  const { before, after, started } = step;
  const wasUnderWay = facts.status !== 'queued';
  for (const { id, input } of started) {
    if (id === 'sign' && wasUnderWay) expect(input).toMatchObject({ nonce: facts.nonce });
    if (id !== 'submit') continue;
    const { purpose } = (input as { intent: SignedIntent }).intent;
    const isGivenUp = facts.status === 'cancelled' || facts.attempts >= MAX_ATTEMPTS;
    expect(purpose).toBe(isGivenUp ? 'fill' : undefined);
  }
  if (next.change?.to === 'cancelled' && facts.change?.to !== 'cancelled' && facts.status !== 'cancelled') {
    expect(wasUnderWay && !facts.isUntried).toBe(false);
  }
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
