// A program: the shipped executor on a real store, with its metrics, its server and, where asked for, the inspector. It
// ticks without a pause worth the name, says now and then what it holds, and ends when it has ticked often enough.
//   node --expose-gc ticking-executor.ts '<TickingOptions as JSON>'
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createReport } from '../../src/cli/live/report.ts';
import { startServer } from '../../src/http/server.ts';
import { createCircuitBreaker, createTreasuryExecutor } from '../../src/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { createTelemetry } from '../../src/telemetry/index.ts';
import { createTreasuryInspector } from '../../src/treasury-inspector.ts';
import { aPayment } from '../support/chain.ts';
import type { Sample } from './growth.ts';
import { scriptedChain } from './scripted-chain.ts';

export interface TickingOptions {
  readonly db: string;
  readonly ticks: number;
  /** Ticks between two samples. */
  readonly sampleEvery: number;
  /** Ticks between two new payments. */
  readonly payEvery: number;
  readonly isInspected: boolean;
}

const { db, ticks, sampleEvery, payEvery, isInspected } = JSON.parse(process.argv[2] ?? '') as TickingOptions;
const collectGarbage = globalThis.gc;
if (collectGarbage === undefined) throw new Error('start it with --expose-gc');

const report = createReport({ json: true });
const store = await openSqliteStore(db);
const telemetry = createTelemetry({ version: 'pressure' });
const inspector = createTreasuryInspector({
  store,
  ...{ policy: undefined, pollIntervalMs: 1, leaseTtlMs: undefined, token: undefined, allowHosts: undefined },
  hasOutage: false,
  onError: (error) => report.warn(String(error)),
});
const inspected = isInspected ? { inspect: inspector.inspect } : {};
const executor = createTreasuryExecutor({
  ...scriptedChain(),
  ...inspected,
  identity: 'pressure',
  store,
  pollIntervalMs: 1,
  circuitBreaker: (snapshot) => {
    const breaker = createCircuitBreaker({ snapshot, ...inspected });
    telemetry.observeBreaker(breaker);
    return breaker;
  },
});
telemetry.observeExecutor(executor);
const server = await startServer({
  port: 0,
  inspect: inspector.handler,
  registry: telemetry.registry,
  breaker: () => executor.circuitBreaker,
  executor,
  probeStore: () => store.highestEpoch(),
});
report.say(`metrics at ${server.url}/metrics`);

function sample(at: number): Sample {
  collectGarbage?.();
  const { heapUsed, external } = process.memoryUsage();
  const kinds = Object.groupBy(process.getActiveResourcesInfo(), (kind) => kind);
  return {
    ticks: at,
    bytes: heapUsed + external,
    fileDescriptors: readdirSync('/proc/self/fd').length,
    resources: Object.fromEntries(Object.entries(kinds).map(([kind, all]) => [kind, all?.length ?? 0])),
  };
}

async function owe(): Promise<void> {
  const destination = `0x${randomBytes(20).toString('hex')}`;
  await store.importDisbursements([aPayment({ destination, amount: 1n })], { now: Date.now() });
}

const ended = Promise.withResolvers<void>();
executor.actor.on('tick.ended', ({ tick, fault }) => {
  if (fault !== undefined) ended.reject(fault);
  if (tick % payEvery === 0) owe().catch(ended.reject);
  if (tick % sampleEvery === 0) report.say(`sample ${JSON.stringify(sample(tick))}`);
  if (tick === ticks) ended.resolve();
});
executor.start();
await ended.promise;
await executor.stop();
const { paid } = await store.progress();
report.say(`paid ${paid}`);
inspector.stop();
await server.close();
await store.close();
