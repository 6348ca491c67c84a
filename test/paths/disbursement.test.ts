import { beforeAll, describe, expect, it } from 'vitest';
import type { PaymentOutcome, PaymentRested } from '../../machines/index.ts';
import { paymentChart } from './charts.ts';
import { describeCoverage } from './describe-coverage.ts';
import { describeDrawing } from './describe-drawing.ts';
import { ALL_ANSWERS, type Answer } from './faked-payments.ts';
import { PAYMENTS } from './payment-cases.ts';
import { expectPaymentPath } from './payment-expectation.ts';

// Each edge of a payment's chart, on a real actor, against the contract. Signer, store, submitter and look-up are faked
// at their ports: what they answer comes from an actor that ended.

type Told = PaymentOutcome | PaymentRested;

const chart = paymentChart();

for (const [at, variant] of PAYMENTS.entries()) {
  describe(`every edge of ${variant.title}`, () => {
    for (const path of chart.runs[at]?.paths ?? []) {
      it(path.title, () => expectPaymentPath(variant, path, chart.replay(path).edge));
    }
  });
}

describeCoverage(chart);
describeDrawing('disbursement', chart);

const shapeOf = ({
  order,
  isSigned = false,
  outcome,
  status,
  isUnknownToChain = false,
  isOverdue = false,
  needsFill = false,
  isGap = false,
  isUntried = false,
  error,
}: Answer): string =>
  JSON.stringify([
    ...[order, isSigned, outcome, status, isUnknownToChain, isOverdue, needsFill, isGap, isUntried],
    error?.message,
  ]);

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

  it.each(Object.entries(ALL_ANSWERS))('%s', (_, answer) => expect([...given]).toContain(shapeOf(answer)));
});
