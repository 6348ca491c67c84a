import { join } from 'node:path';
import type { SignedIntent } from '../../../../machines/index.ts';
import { startServer } from '../../../../src/http/server.ts';
import { createCircuitBreaker, createTreasuryExecutor } from '../../../../src/index.ts';
import { createInspector } from '../../../../src/inspect/index.ts';
import { openSqliteStore } from '../../../../src/store/sqlite.ts';
import { createTelemetry } from '../../../../src/telemetry/index.ts';
import { createXStateInspectBridge } from '../../../../visualizations/xstate-inspect/index.ts';

// A treasury that ticks and serves, in a process of its own, so that its memory, its work and its end are nobody else's.
// Executor, breaker, store and server are the real ones; the chain is a few lines that mine at once.

/** What the test tells this process. */
export type Question = 'measure' | 'collect';

/** What it answers, and once of its own accord when it listens. `collect` makes a collection of garbage come before. */
export interface Measured {
  readonly port: number;
  readonly ticks: number;
  /** The most work of this thread between two ends of ticks, since the last answer. Milliseconds of CPU time. */
  readonly mostWorkMs: number;
  /** Bytes, buffers included. */
  readonly memory: number;
  readonly sockets: number;
  readonly timers: number;
  /** Orders to the breaker that wait or were applied. */
  readonly orders: number;
  readonly circuit: string | undefined;
  /** What escaped, and what a client saw as 500. */
  readonly faults: readonly string[];
}

const [folder = '', token = ''] = process.argv.slice(2);
const PAYEE = `0x${'ab'.repeat(20)}`;

const faults: string[] = [];
process.on('uncaughtException', (error) => faults.push(`uncaught: ${error.stack}`));
process.on('unhandledRejection', (reason) => faults.push(`unhandled: ${String(reason)}`));

// A disk that is waited for would only take time: what is counted is work.
const store = await openSqliteStore(join(folder, 'treasury.db'), { pragmas: { synchronous: 'off' } });
const row = { destination: PAYEE, amount: 1n, memo: '', scheduledEpoch: 0, dependsOn: [] };
const ids = Array.from({ length: 20 }, (_, i) => `payment-${i}`);
await store.importDisbursements(
  ids.map((id) => ({ id, ...row })),
  { now: Date.now() },
);

const sent = new Set<string>();
const telemetry = createTelemetry({ version: '0.0.0' });
// A short history is full before anything is measured.
const inspector = createInspector({ token, history: 100 });
const executor = createTreasuryExecutor({
  identity: 'attacked',
  store,
  signer: async ({ id }, { nonce }): Promise<SignedIntent> => ({
    ...{ disbursementId: id, nonce, purpose: 'pay', maxCost: 1n },
    ...{ txHash: `0x${nonce.toString(16).padStart(64, '0')}`, rawTx: '0x00' },
  }),
  submitter: async ({ txHash }) => {
    sent.add(txHash);
    return txHash;
  },
  lookup: async ({ txHash }) => ({ status: sent.has(txHash) ? 'executed' : 'unknown', confirmations: 1 }),
  epochSource: () => 0,
  circuitBreaker: (snapshot) => {
    const breaker = createCircuitBreaker({ snapshot, inspect: inspector.inspect });
    telemetry.observeBreaker(breaker);
    return breaker;
  },
  inspect: inspector.inspect,
  pollIntervalMs: 5,
});
telemetry.observeExecutor(executor);
const server = await startServer({
  ...{ port: 0, registry: telemetry.registry, executor, inspect: inspector.handler },
  breaker: () => executor.circuitBreaker,
  probeStore: () => store.highestEpoch(),
  control: { token, request: (order) => store.requestControl(order, { now: Date.now() }) },
  xstateInspect: createXStateInspectBridge({ inspector, token }),
  limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 },
  onError: (error) => faults.push(`500: ${error instanceof Error ? error.stack : String(error)}`),
});

const workSoFarMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
let atTickMs = workSoFarMs();
let mostWorkMs = 0;
executor.on('tickEnded', () => {
  const nowMs = workSoFarMs();
  mostWorkMs = Math.max(mostWorkMs, nowMs - atTickMs);
  atTickMs = nowMs;
});
executor.start();

async function measure(question: Question): Promise<Measured> {
  const work = mostWorkMs;
  if (question === 'collect') {
    globalThis.gc?.();
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const countOf = (name: string) => resources.filter((resource) => resource === name).length;
  const [waiting, applied] = [await store.pendingControl(), await store.controlAudit({ limit: 10 })];
  mostWorkMs = 0;
  atTickMs = workSoFarMs();
  return {
    ...{ port: server.port, ticks: executor.snapshot.ticks, mostWorkMs: work, memory: heapUsed + external },
    ...{ sockets: countOf('TCPSocketWrap'), timers: countOf('Timeout') },
    orders: waiting.length + applied.length,
    circuit: executor.circuitBreaker?.state,
    faults: faults.slice(0, 10),
  };
}

process.on('message', async (question: Question) => process.send?.(await measure(question)));
// The parent is gone.
process.on('disconnect', () => process.exit(0));
process.send?.(await measure('measure'));
