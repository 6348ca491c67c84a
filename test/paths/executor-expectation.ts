import { expect } from 'vitest';
import type { Unmined } from '../../machines/index.ts';
import type { ExecutorPath } from './charts.ts';
import type { ExecutorVariant } from './executor-cases.ts';
import { type PathEvent, type RowId, rowOf } from './executor-events.ts';
import { type Duty, dutyAt } from './executor-law.ts';
import { type ExecutorStep, inWindow, type Ledger, NEW_LEDGER } from './executor-ledger.ts';

type Remembered = Pick<
  Ledger,
  'isPolling' | 'isStopping' | 'fault' | 'error' | 'lease' | 'epoch' | 'isEpochKnown' | 'nextNonce'
> & { readonly unmined: Unmined };

const isPayment = (id: string): boolean => id.startsWith('payment:');

/** What a port is told when it is asked. */
function inputOf(port: string, { lease }: Ledger, { settings }: ExecutorVariant): unknown {
  if (port === 'loadReady') return settings.batchSize;
  return ['applyControl', 'readEpoch', 'renewLease', 'releaseLease'].includes(port) ? lease : undefined;
}

function expectOrders({ orders, ledger }: Duty, { sent, started }: ExecutorStep): void {
  const toPayments = sent.filter(({ to }) => isPayment(to));
  expect(toPayments).toEqual(
    orders.map(([id, event]) => ({ to: `payment:${id}`, event: expect.objectContaining(event) })),
  );
  const beginning = orders
    .filter(([, { type }]) => type === 'SETTLE' || type === 'PAY')
    .map(([id]) => `payment:${id}`);
  const begun = started.filter(({ id }) => isPayment(id));
  expect(begun.map(({ id }) => id)).toEqual(beginning);
  // Only what is asked about is compared: to print what differs in an actor takes seconds.
  for (const { id, input } of begun) {
    const { row, isUntried } = input as { row: unknown; isUntried: unknown };
    const rowId = id.replace('payment:', '') as RowId;
    expect(row).toEqual(rowOf(rowId));
    // What is paid now was sent by nobody before: it has no bytes yet.
    const isBeginning = ledger.out[rowId] === 'PAY';
    expect(isUntried).toBe(!isBeginning && ledger.untried.includes(rowId));
  }
}

/** The breaker hears each outcome of a payment that is out once, as it is, and nothing else ever. */
function expectBreakerTold(before: Ledger, { sent, event }: ExecutorStep): void {
  const told = sent.filter(({ to }) => !isPayment(to));
  const isHeard = event.type === 'OUTCOME' && event.id in before.out;
  expect(told).toEqual(isHeard ? [{ to: 'breaker', event: event.outcome }] : []);
}

/** What an executor has to remember from one event to the next. */
const knownTo = ({ lease, fault, error, epoch, nextNonce, unmined, ...flags }: Remembered) => ({
  isPolling: flags.isPolling,
  isStopping: flags.isStopping,
  isEpochKnown: flags.isEpochKnown,
  lease,
  fault,
  error,
  epoch,
  nextNonce,
  unmined,
});

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
  const ordersOut = Object.entries(ledger.out).map(([id, type]) =>
    ledger.signed.includes(id) ? { id, type, isSigned: true } : { id, type },
  );
  expect(context.ordersOut).toEqual(ordersOut);
  expect(knownTo(context)).toEqual(knownTo({ ...ledger, unmined: inWindow(ledger) }));
  const isThere = Object.keys(step.after.children).filter(isPayment);
  if (ended !== undefined) expect(isThere).toEqual([]);
}

/**
 * What the last step of a path did is what the contract asks for. The steps before it are edges of their own, and judged
 * there.
 */
export function expectExecutorPath(variant: ExecutorVariant, path: ExecutorPath, edge: ExecutorStep): void {
  const before = path.approach.reduce(
    (ledger, { event }) => dutyAt(ledger, { variant, event: event as PathEvent }).ledger,
    NEW_LEDGER,
  );
  expectStep(variant, before, edge);
}
