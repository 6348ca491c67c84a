import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { OutageDrill } from '../../../src/dev/outage.ts';
import { startRpcProxy } from '../../../src/dev/rpc-proxy.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { openTreasury, type Treasury } from '../../../src/treasury.ts';
import {
  aPayment,
  BUMP_AFTER_MS,
  startRpcStub,
  startTestChain,
  type TestChain,
} from '../../support/chain.ts';
import { type Prometheus, startPrometheus } from '../../support/prometheus.ts';
import { shortenRules } from '../../support/shorten-rules.ts';

/** Two executors over one store and one chain, and the Prometheus that watches them. */
export interface WatchedTreasury {
  readonly prometheus: Prometheus;
  readonly chain: TestChain;
  /** Where the executor that pays serves. */
  readonly payer: string;
  readonly standby: string;
  /** New payments of one coin each, due at once. */
  putPayments(count: number): Promise<void>;
  /** Stores an order to the breaker, as `treasury breaker` does. */
  order(action: 'isolate' | 'reset'): Promise<void>;
  /** From now on the RPC answers submissions with 503, and nobody knows whether it has taken them. All else works. */
  failSubmissions(): void;
  mendSubmissions(): void;
  stop(): Promise<void>;
}

const SCRAPE_MS = 250;
/** What the rules were written for. */
const RULES_SCRAPE_MS = 30_000;
const POLL_MS = 50;
/** Longer than the alert needs to fire, so that no probe comes in between. */
const OPEN_MS = 5_000;

/**
 * Starts it all, in this process but for chain and Prometheus, and waits until one executor pays and one stands by.
 *
 * @param rules the text of a rule file; 30 seconds of it are 250 milliseconds here
 */
export async function startWatchedTreasury(rules: string): Promise<WatchedTreasury> {
  const endings: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    return { ...(await start(rules, endings)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  rules: string,
  endings: (() => Promise<unknown>)[],
): Promise<Omit<WatchedTreasury, 'stop'>> {
  const folder = await mkdtemp(join(tmpdir(), 'treasury-watched-'));
  endings.push(() => rm(folder, { recursive: true }));
  const chain = await startTestChain();
  endings.push(() => chain.stop());

  let isFailing = false;
  const rpc = await startRpcStub(async (_incoming, body, reply) => {
    if (isFailing && body.includes('eth_sendRawTransaction')) return void reply.writeHead(503).end();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(chain.url, { method: 'POST', headers, body });
    reply.writeHead(answer.status, headers).end(await answer.text());
  });
  endings.push(() => rpc.close());
  const proxy = await startRpcProxy({ target: rpc.url });
  endings.push(() => proxy.close());
  const drill = new OutageDrill(proxy, () => {});
  endings.push(async () => drill.close());

  const open = async (): Promise<Treasury> => {
    const treasury = await openTreasury({
      store: await openSqliteStore(join(folder, 'treasury.db')),
      rpcUrl: proxy.url,
      privateKey: DEV_PRIVATE_KEY,
      version: '0.0.0-test',
      onServerError: (error) => process.emitWarning(`the server failed: ${error}`),
      server: { port: 0, outage: drill },
      pollIntervalMs: POLL_MS,
      bumpAfterMs: BUMP_AFTER_MS,
      policy: { openTimeoutMs: OPEN_MS },
    });
    endings.push(() => treasury.close());
    return treasury;
  };
  const [payer, standby] = [await open(), await open()];
  const targets = [payer.url, standby.url];
  const prometheus = await startPrometheus({
    targets,
    rules: shortenRules(rules, RULES_SCRAPE_MS / SCRAPE_MS),
    intervalMs: SCRAPE_MS,
  });
  endings.push(() => prometheus.stop());
  // Counters are seen at 0 first, or there is no increase.
  await prometheus.when('count(treasury_submissions_total{outcome="success"} == 0) == 2');
  payer.start();
  await prometheus.when('treasury_executor_lease_held == 1');
  standby.start();

  return {
    prometheus,
    chain,
    payer: payer.url,
    standby: standby.url,
    putPayments: async (count) => {
      const payments = Array.from({ length: count }, () => aPayment());
      await payer.store.importDisbursements(payments, { now: Date.now() });
    },
    order: async (action) => {
      await payer.store.requestControl({ action, reason: undefined, by: 'test' }, { now: Date.now() });
    },
    failSubmissions: () => {
      isFailing = true;
    },
    mendSubmissions: () => {
      isFailing = false;
    },
  };
}
