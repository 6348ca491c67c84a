import { DEFAULT_POLICY } from '../../../machines/index.ts';
import { createCircuitBreaker } from '../../breaker/circuit-breaker.ts';
import { type CircuitBreakerSnapshot, readSnapshot } from '../../breaker/snapshot.ts';
import type { AppliedControl, ControlRequest } from '../../breaker-control.ts';
import { StorageError } from '../../errors.ts';
import { formatEntries } from '../entries.ts';
import { withStore } from '../open-store.ts';
import type { StoreOptions } from '../options.ts';
import { standardOutput } from '../output.ts';
import { jsonLine } from '../printable.ts';

/** Applied orders that are shown. */
const SHOWN_ORDERS = 10;

interface BreakerStatus {
  readonly breaker: CircuitBreakerSnapshot;
  readonly pending: readonly ControlRequest[];
  readonly applied: readonly AppliedControl[];
}

/** `treasury breaker status`: what the store knows. The executor itself, in mid-tick, may be further. */
export async function runBreakerStatus({ db, json }: StoreOptions): Promise<void> {
  const status = await withStore(db, { create: false }, async (store) => ({
    breaker: storedBreaker(await store.loadBreaker()),
    pending: await store.pendingControl(),
    applied: await store.controlAudit({ limit: SHOWN_ORDERS }),
  }));
  await standardOutput().writeLines(json ? [asJson(status)] : asText(status, Date.now()));
}

/** None is stored before the first change: it is a new one then. */
function storedBreaker(snapshot: unknown): CircuitBreakerSnapshot {
  if (snapshot === undefined) {
    const breaker = createCircuitBreaker();
    const fresh = breaker.toJSON();
    breaker.stop();
    return fresh;
  }
  try {
    readSnapshot(snapshot, DEFAULT_POLICY, 0);
  } catch (error) {
    throw new StorageError(
      `the stored breaker cannot be read (${(error as Error).message}): the executor takes it for OPEN`,
      { cause: error },
    );
  }
  return snapshot as CircuitBreakerSnapshot;
}

const nextChanceAt = ({ state, openUntil }: CircuitBreakerSnapshot): number | null =>
  state === 'OPEN' ? openUntil : null;

function asJson({ breaker, pending, applied }: BreakerStatus): string {
  const { state, failures, successes, generation, changedAt, lastFailureAt } = breaker;
  return jsonLine({
    ...{ state, failures, successes, generation, changedAt, lastFailureAt },
    nextChanceAt: nextChanceAt(breaker),
    ...{ pending, applied },
  });
}

function asText({ breaker, pending, applied }: BreakerStatus, now: number): string[] {
  const { state, failures, changedAt } = breaker;
  return formatEntries([
    ['state', state],
    ['since', changedAt === null ? 'the beginning' : instant(changedAt)],
    ['failures', failures.toString()],
    ['next chance', describeNextChance(breaker, now)],
    ['pending orders', ...pending.map(describeOrder)],
    ['last orders', ...applied.map((order) => `${describeOrder(order)}: ${order.from} -> ${order.to}`)],
  ]);
}

function describeNextChance(breaker: CircuitBreakerSnapshot, now: number): string {
  if (breaker.state === 'ISOLATED') return 'none before "treasury breaker reset"';
  const at = nextChanceAt(breaker);
  if (at === null || at <= now) return 'now';
  return `in ${Math.ceil((at - now) / 1000)} s, ${instant(at)}`;
}

function describeOrder({ id, action, by, requestedAt, reason }: ControlRequest): string {
  return `${id} ${action} by ${by} at ${instant(requestedAt)} (${reason ?? 'no reason given'})`;
}

const instant = (at: number): string => new Date(at).toISOString();
