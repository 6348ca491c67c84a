import { beforeAll, describe, expect, it } from 'vitest';
import type { DisbursementStatus, PaymentOutcome, PaymentRested } from '../../machines/index.ts';
import type { ReplayedStep } from '../../src/testing/index.ts';
import { paymentChart } from './charts.ts';
import { describeCoverage } from './describe-coverage.ts';
import { ANSWERS, type Answer } from './faked-payments.ts';
import { type fakedPayment, intentOf, PAYMENTS, type PaymentVariant } from './payment-cases.ts';
import { contractSays, type PaymentFacts, reportOf } from './payment-table.ts';

// Each edge of a payment's chart, on a real actor, against the contract. Signer, store, submitter and look-up are faked
// at their ports: what they answer comes from an actor that ended.

type Step = ReplayedStep<typeof fakedPayment>;

type Told = PaymentOutcome | PaymentRested;

const chart = paymentChart();

const beginning = ({ input: { row } }: PaymentVariant): PaymentFacts => ({
  waitsFor: undefined,
  order: undefined,
  status: row.status,
  attempts: row.attempts,
  durable: row.intents.map(({ nonce }) => nonce),
  signed: undefined,
  change: undefined,
  outcome: undefined,
  isUnknownToChain: false,
  error: undefined,
});

/** What the port is asked: always the row as it is durable, and only bytes that were signed. */
function inputOf(
  { waitsFor, durable, signed, status, attempts, change, order }: PaymentFacts,
  event: object,
) {
  const row = { id: 'a', status, attempts, intents: durable.map(intentOf) };
  switch (waitsFor) {
    case 'sign':
      return {
        row: expect.objectContaining(row),
        nonce: 7,
        unmined: (event as { unmined?: unknown }).unmined,
      };
    case 'stage':
      return { intent: signed };
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

  const { status, attempts, durable } = next;
  expect(step.after.status).toBe('active');
  expect(step.after.context.row).toMatchObject({ status, attempts, intents: durable.map(intentOf) });
  if (!isHeard) expect(step.after).toBe(step.before);
  expectMoneyIsSafe(facts, next, step);
}

/** The rules about bytes, said once more for themselves. */
function expectMoneyIsSafe(facts: PaymentFacts, next: PaymentFacts, { before, after, started }: Step): void {
  const wasUnderWay = facts.status !== 'queued';
  if (wasUnderWay) expect(started.map(({ id }) => id)).not.toContain('sign');
  if (wasUnderWay && next.status !== facts.status) expect(next.status).not.toBe('cancelled');
  expect(after.context.row.intents.slice(0, facts.durable.length)).toEqual(before.context.row.intents);
  const isOnRoad = ROAD.includes(next.status) && ROAD.includes(facts.status);
  const isBack = isOnRoad && ROAD.indexOf(next.status) < ROAD.indexOf(facts.status);
  if (isBack) expect([facts.status, next.status]).toEqual(['executed', 'submitted']);
}

for (const [at, variant] of PAYMENTS.entries()) {
  describe(`every edge of ${variant.title}`, () => {
    for (const path of chart.runs[at]?.paths ?? []) {
      it(path.title, () => {
        // The steps before the edge are edges of their own, with a test each.
        const before = path.approach.reduce(
          (facts, { event }) => contractSays(facts, event),
          beginning(variant),
        );
        expectStep(before, chart.replay(path).edge);
      });
    }
  });
}

describeCoverage(chart);

const shapeOf = ({
  order,
  isSigned = false,
  outcome,
  status,
  isUnknownToChain = false,
  error,
}: Answer): string => JSON.stringify([order, isSigned, outcome, status, isUnknownToChain, error?.message]);

describe('payments really answer in each way that the paths of the executor fake', () => {
  const given = new Set<string>();

  beforeAll(() => {
    const answers = chart.runs
      .flatMap(({ paths }) => paths)
      .filter(({ edge }) => edge.event.type.startsWith('xstate.'));
    for (const path of answers) {
      const isSigned = path.edge.event.type.endsWith('.stage');
      let outcome: Answer['outcome'];
      for (const { event } of chart.replay(path).edge.sent as unknown as readonly { event: Told }[]) {
        if (event.type === 'OUTCOME') outcome = event.outcome.type;
        if (event.type === 'RESTED') given.add(shapeOf({ ...event, isSigned, outcome } as Answer));
      }
    }
  });

  it.each(Object.entries(ANSWERS))('%s', (_, answer) => expect([...given]).toContain(shapeOf(answer)));
});
