// The work of a payment without a chart, in a process of its own: the ports and the store that the executor has, called by a
// loop that nothing may go wrong in. No breaker, no time limits, no faults, nothing that anybody could watch. What it costs
// is what is left of an executor whose charts cost nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DisbursementRow, SignedIntent } from '../../machines/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Lease } from '../../src/store/store.ts';
import { question, reply } from '../kit/fresh-process.ts';
import { openBenchChain, payments } from './chain.ts';

export interface ByHandQuestion {
  readonly rows: number;
  readonly warmUpRows: number;
  readonly inFlight: number;
  /** New rows at a time; behind them it is asked what became of them. */
  readonly batchSize: number;
  /** Seconds between blocks. */
  readonly blockTime: number;
}

export interface ByHandAnswer {
  /** CPU time of the process for one payment. */
  readonly cpuMicros: number;
}

const LOOK_EVERY_MS = 5;
const LEASE = { owner: 'by hand', ttlMs: 600_000 };
const { rows, warmUpRows, inFlight, batchSize, blockTime } = question<ByHandQuestion>();
const folder = mkdtempSync(join(tmpdir(), 'bench-by-hand-'));
const store = await openSqliteStore(join(folder, 'treasury.db'));
const { rpc, ports, close } = await openBenchChain(blockTime);
await store.bindChain({ chainId: ports.chainId, genesisHash: ports.genesisHash, signer: ports.address });
const lease = await ownLease();
const context = { signal: new AbortController().signal };
let nonce = 0;
/** Nonces below this one are seen in a block. */
let lookedUp = 0;

await store.importDisbursements(payments(0, warmUpRows), { now: Date.now() });
await payAll();
await store.importDisbursements(payments(warmUpRows, rows), { now: Date.now() });
const cpuBefore = process.cpuUsage();
await payAll();
const { user, system } = process.cpuUsage(cpuBefore);
await store.releaseLease(lease);
await store.close();
await close();
rmSync(folder, { recursive: true });
reply({ cpuMicros: (user + system) / rows } satisfies ByHandAnswer);

async function ownLease(): Promise<Lease> {
  const taken = await store.acquireLease({ ...LEASE, now: Date.now() });
  if (taken === undefined) throw new Error('the store is new, and somebody has its lease');
  return taken;
}

/** What is in a block by then is looked up between two batches, as between the executor's ticks. */
async function payAll(): Promise<void> {
  for (;;) {
    const due = await store.due({ now: Date.now(), limit: batchSize });
    if (due.length > 0) await pay(due);
    else if (lookedUp === nonce) return;
    const mined = Number(await rpc.request('eth_getTransactionCount', [ports.address, 'latest']));
    if (mined === lookedUp) {
      await sleep(LOOK_EVERY_MS);
      continue;
    }
    const ready = (await store.inFlight()).filter((row) => row.nonce !== undefined && row.nonce < mined);
    for (const group of groupsOf(ready)) await Promise.all(group.map(lookUp));
    lookedUp = mined;
  }
}

/** The next group is signed while the one before it is out. */
async function pay(due: readonly DisbursementRow[]): Promise<void> {
  await ports.signer.prepare?.(due, context);
  let before = Promise.resolve();
  for (const group of groupsOf(due)) {
    const intents = [];
    for (const row of group) intents.push(await sign(row));
    await Promise.all(
      intents.map((intent) => store.stage(lease, intent, { now: Date.now(), follows: intent.nonce > 0 })),
    );
    await before;
    before = send(intents);
  }
  await before;
}

function sign(row: DisbursementRow): Promise<SignedIntent> {
  const request = { nonce, purpose: 'pay', committed: 0n, committedFrom: () => 0n } as const;
  nonce += 1;
  return ports.signer(row, request, context);
}

async function send(intents: readonly SignedIntent[]): Promise<void> {
  await Promise.all(intents.map((intent) => ports.submitter(intent, context)));
  const now = Date.now();
  await Promise.all(
    intents.map(({ disbursementId }) =>
      store.change(lease, disbursementId, { from: ['staged'], to: 'submitted' }, { now }),
    ),
  );
}

async function lookUp({ id, status, intents }: DisbursementRow): Promise<void> {
  const [intent] = intents;
  if (intent === undefined) throw new Error(`${id} has no bytes`);
  const verdict = await ports.lookup(intent, context);
  if (verdict.status !== 'executed') throw new Error(`${id} is ${verdict.status}`);
  await store.change(lease, id, { from: [status], to: 'finalized' }, { now: Date.now() });
}

function groupsOf(rows: readonly DisbursementRow[]): readonly (readonly DisbursementRow[])[] {
  return Array.from({ length: Math.ceil(rows.length / inFlight) }, (_, at) =>
    rows.slice(at * inFlight, (at + 1) * inFlight),
  );
}
