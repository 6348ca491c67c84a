// The executor, in a process of its own: it pays so many rows on a chain of its own through a store of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTreasuryExecutor, type TreasuryExecutor } from '../../src/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { question, reply } from '../kit/fresh-process.ts';
import { breakerCost, watchedBreaker } from './breaker-share.ts';
import { openBenchChain, payments } from './chain.ts';

export interface PayerQuestion {
  readonly rows: number;
  /** Paid before anything is measured. */
  readonly warmUpRows: number;
  readonly inFlight: number;
  /** New rows of one tick; twice as many may be unmined. */
  readonly batchSize: number;
  /** Seconds between blocks. */
  readonly blockTime: number;
}

export interface PayerAnswer {
  readonly paidPerSecond: number;
  readonly commits: number;
  readonly calls: number;
  readonly requests: number;
  /** CPU time of the process for one payment. */
  readonly cpuMicros: number;
  /** CPU time of the chain for one payment, where it can be read. */
  readonly chainCpuMicros: number | undefined;
  readonly tickMs: readonly number[];
  /** From the moment a row was due to the moment at which it was seen in a block. */
  readonly dueToPaidMs: readonly number[];
  /** What the breaker took of the ticks, of 1. */
  readonly breakerShare: number;
}

const PAGE = 1_000;

const { rows, warmUpRows, inFlight, batchSize, blockTime } = question<PayerQuestion>();
const folder = mkdtempSync(join(tmpdir(), 'bench-executor-'));
let commits = 0;
const store = await openSqliteStore(join(folder, 'treasury.db'), {
  onCommit: () => {
    commits += 1;
  },
});
const chain = await openBenchChain(blockTime);
const { ports } = chain;
await store.bindChain({ chainId: ports.chainId, genesisHash: ports.genesisHash, signer: ports.address });
const { breaker, counts } = watchedBreaker();
const executor = createTreasuryExecutor({
  identity: 'bench',
  store,
  circuitBreaker: breaker,
  signer: ports.signer,
  submitter: ports.submitter,
  lookup: ports.lookup,
  nextNonce: ports.nextNonce,
  epochSource: ports.epochSource,
  maxInFlight: inFlight,
  batchSize,
  maxUnmined: 2 * batchSize,
});

await store.importDisbursements(payments(0, warmUpRows), { now: Date.now() });
await payAll(executor, store);
await store.importDisbursements(payments(warmUpRows, rows), { now: Date.now() });

const before = { commits, ...chain.counts, ...counts };
const cpuBefore = process.cpuUsage();
const chainBefore = chain.cpuMicros();
const startedAt = performance.now();
const tickMs = await payAll(executor, store);
const spentMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuBefore);
const chainAfter = chain.cpuMicros();
const breakerMs = breakerCost(counts.looks - before.looks, counts.permits - before.permits);
const answer: PayerAnswer = {
  paidPerSecond: (1_000 * rows) / spentMs,
  commits: commits - before.commits,
  calls: chain.counts.calls - before.calls,
  requests: chain.counts.requests - before.requests,
  cpuMicros: (user + system) / rows,
  chainCpuMicros:
    chainBefore === undefined || chainAfter === undefined ? undefined : (chainAfter - chainBefore) / rows,
  tickMs,
  dueToPaidMs: (await dueToPaid(store)).slice(-rows),
  breakerShare: breakerMs / spentMs,
};
await executor.stop();
await store.close();
await chain.close();
rmSync(folder, { recursive: true });
reply(answer);

/** One tick after the other, without a pause, until every row is seen in a block. How long each tick took. */
async function payAll(executor: TreasuryExecutor, store: Store): Promise<readonly number[]> {
  const ticks: number[] = [];
  for (;;) {
    const beganAt = performance.now();
    await executor.tick();
    ticks.push(performance.now() - beganAt);
    const { error } = executor.snapshot;
    if (error !== undefined) throw new Error(error);
    const { queued, staged, submitted, cancelled, deadLetter } = await store.countByStatus();
    if (cancelled + deadLetter > 0) throw new Error('a row was not paid');
    if (queued + staged + submitted === 0) return ticks;
  }
}

/** By the audit trail, in the order in which rows were paid. */
async function dueToPaid(store: Store): Promise<readonly number[]> {
  const dueAt = new Map<string, number>();
  const took: number[] = [];
  for (let after = 0; ; ) {
    const page = await store.auditTrail({ after, limit: PAGE });
    for (const { id, to, at } of page) {
      const due = dueAt.get(id);
      if (due === undefined) dueAt.set(id, at);
      else if (to === 'executed' || to === 'finalized') took.push(at - due);
    }
    const last = page.at(-1);
    if (last === undefined) return took;
    after = last.seq;
  }
}
