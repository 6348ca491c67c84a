import { describe, expect, it } from 'vitest';
import { executorChart } from './charts.ts';
import { describeCoverage } from './describe-coverage.ts';
import { EXECUTORS, type ExecutorVariant } from './executor-cases.ts';
import type { PathEvent } from './executor-events.ts';
import { type RowId, rowOf } from './executor-events.ts';
import { type Duty, dutyAt } from './executor-law.ts';
import { type ExecutorStep, type Ledger, NEW_LEDGER } from './executor-ledger.ts';

// Each edge of the executor's chart, on a real actor, against the contract. Store, sources and payments are faked at
// the port: what they answer comes from an actor that ended, or that speaks to its parent.

const chart = executorChart();

const isPayment = (id: string): boolean => id.startsWith('payment:');

/** What a port is told when it is asked. */
function inputOf(port: string, { lease }: Ledger, { settings }: ExecutorVariant): unknown {
  if (port === 'loadReady') return settings.batchSize;
  return ['applyControl', 'readEpoch', 'renewLease', 'releaseLease'].includes(port) ? lease : undefined;
}

function expectOrders({ orders }: Duty, { sent, started }: ExecutorStep): void {
  const toPayments = sent.filter(({ to }) => isPayment(to));
  expect(toPayments).toEqual(
    orders.map(([id, event]) => ({ to: `payment:${id}`, event: expect.objectContaining(event) })),
  );
  const beginning = orders.filter(([, { type }]) => type !== 'SUBMIT').map(([id]) => `payment:${id}`);
  const begun = started.filter(({ id }) => isPayment(id));
  expect(begun.map(({ id }) => id)).toEqual(beginning);
  for (const { id, input } of begun) {
    expect(input).toMatchObject({ row: rowOf(id.replace('payment:', '') as RowId) });
  }
}

/** The breaker hears each outcome of this tick once, as it is, and nothing else ever. */
function expectBreakerTold(before: Ledger, { sent, event }: ExecutorStep): void {
  const told = sent.filter(({ to }) => !isPayment(to));
  const isHeard = event.type === 'OUTCOME' && before.rest === 'ticking' && before.asked === undefined;
  expect(told).toEqual(isHeard ? [{ to: 'breaker', event: event.outcome }] : []);
}

function expectStep(variant: ExecutorVariant, before: Ledger, step: ExecutorStep): void {
  const event = step.event as PathEvent;
  const duty = dutyAt(before, { variant, event });
  const { ledger, asks, ended } = duty;
  const { value, status, context } = step.after;

  expect(step.started.filter(({ id }) => !isPayment(id))).toEqual(
    asks.map((id) => ({ id, input: inputOf(id, ledger, variant) })),
  );
  expectOrders(duty, step);
  expectBreakerTold(before, step);
  expect(step.emitted).toEqual(ended === undefined ? [] : [ended]);

  expect(status).toBe(ledger.rest === 'stopped' ? 'done' : 'active');
  expect(typeof value === 'string' ? value : 'ticking').toBe(ledger.rest);
  expect(context.breaker !== undefined).toBe(ledger.hasBreaker);
  const { isPolling, isStopping, fault, lease } = ledger;
  const out = Object.values(ledger.out);
  const submissionsOut = out.filter((order) => order === 'SUBMIT').length;
  expect(context).toMatchObject({
    isPolling,
    isStopping,
    fault,
    lease,
    ordersOut: out.length,
    submissionsOut,
  });
}

for (const [at, variant] of EXECUTORS.entries()) {
  describe(`every edge with ${variant.title}`, () => {
    for (const path of chart.runs[at]?.paths ?? []) {
      it(path.title, () => {
        const { edge } = chart.replay(path);
        // The steps before the edge are edges of their own, with a test each.
        const before = path.approach.reduce(
          (ledger, { event }) => dutyAt(ledger, { variant, event: event as PathEvent }).ledger,
          NEW_LEDGER,
        );
        expectStep(variant, before, edge);
      });
    }
  });
}

const ALL = ['SIGNED', 'OUTCOME', 'RESTED'];

// In these states no payment has an order out, so none has anything to say.
describeCoverage(chart, {
  'ticking.holding.work.applyingControl': ALL,
  'ticking.holding.work.readingEpoch': ALL,
  'ticking.holding.work.loadingInFlight': ALL,
  'ticking.holding.work.loadingReady': ALL,
  // Nothing is signed before all look-ups are answered.
  'ticking.holding.work.settling': ['SIGNED'],
});
