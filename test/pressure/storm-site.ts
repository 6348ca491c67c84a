import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatePrivateKey } from 'viem/accounts';
import { type RpcProxy, startRpcProxy } from '../../src/dev/rpc-proxy.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { aPayment, BUMPING, ETHER, startTestChain, type TestChain } from '../support/chain.ts';
import { balanceOf, chainOf, type LiveTreasury } from '../system/cli/live-treasury.ts';
import { leftoversAt, openSite, type Site } from './site.ts';

/** A treasury that is started again and again: where it lies, how it is started, and what it owes. */
export interface StormSite {
  readonly site: Site;
  /** What the command is started with. */
  readonly args: readonly string[];
  start(options?: Parameters<Site['start']>[1]): LiveTreasury;
  /** One more payment is due. */
  owe(): Promise<void>;
  /** Resolves at the next call of the RPC, of this method if one is named. */
  nextCall(method?: string): Promise<void>;
  /** Lets the RPC hang, or answer again; calls that hang have no answer then. */
  setHanging(hangs: boolean): Promise<void>;
  /** Pays what is left with one more process, and says what is not as it should be. */
  settle(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const SHARED = ['--port', '0', '--poll-interval', '50ms'];

/** Rows that were imported: who is owed how much. */
class Debts {
  readonly #owed = new Map<string, bigint>();

  add() {
    const destination = `0x${randomBytes(20).toString('hex')}`;
    const payment = aPayment({ destination, amount: BigInt(this.#owed.size + 1) });
    this.#owed.set(destination, payment.amount);
    return payment;
  }

  async faults(balanceOfPayee: (payee: string) => Promise<bigint>): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const [payee, owed] of this.#owed) {
      const paid = await balanceOfPayee(payee);
      if (paid !== owed) faults.push(`${payee} is owed ${owed} and was paid ${paid}`);
    }
    return faults;
  }
}

/** Runs to the end of what is due, and looks at the end as at any other. */
async function settled(site: Site, last: LiveTreasury, debts: () => Promise<readonly string[]>) {
  const code = await last.ended;
  const ended = code === 0 ? [] : [`the last one ended with ${code}: ${last.stderr()}`];
  return [...ended, ...(await debts()), ...(await leftoversAt(site))];
}

/** `treasury run` on a chain that it shares with nobody, behind a proxy. */
export async function openRunSite(): Promise<StormSite> {
  const [site, chain] = await Promise.all([openSite(), startTestChain()]);
  const waiting = new Set<(method: string) => void>();
  const onCall = (method: string) => {
    for (const told of waiting) told(method);
    return { ended: () => {} };
  };
  const proxy = await startRpcProxy({ target: chain.url, onCall });
  const debts = new Debts();
  await writeKey(site, chain);
  const usual = ['--rpc-url', proxy.url, '--key-file', 'key', '--confirmations', '1', ...SHARED];
  const args = ['run', ...usual, ...BUMPING];
  return {
    ...{ site, args },
    start: (options) => site.start(args, options),
    owe: async () => {
      const store = await openSqliteStore(site.db);
      await store.importDisbursements([debts.add()], { now: Date.now() });
      await store.close();
    },
    nextCall: (wanted) => callOf(waiting, wanted),
    setHanging: (hangs) => setHanging(proxy, hangs),
    settle: () => settled(site, site.start([...args, '--once']), () => debts.faults(chain.balanceOf)),
    close: async () => {
      await proxy.close();
      await chain.stop();
      await site.remove();
    },
  };
}

function callOf(waiting: Set<(method: string) => void>, wanted: string | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const told = (method: string) => {
    if (wanted !== undefined && method !== wanted) return;
    waiting.delete(told);
    resolve();
  };
  waiting.add(told);
  return promise;
}

async function setHanging(proxy: RpcProxy, hangs: boolean): Promise<void> {
  // Calls that hang would do so for their whole time, whatever comes after.
  if (!hangs) await proxy.setOutage('refuse');
  await proxy.setOutage(hangs ? 'hang' : undefined);
}

async function writeKey({ folder }: Site, chain: TestChain): Promise<void> {
  const privateKey = generatePrivateKey();
  await writeFile(join(folder, 'key'), `${privateKey}\n`, { mode: 0o600 });
  const evm = await chain.open({ privateKey });
  await chain.setBalance(evm.address, ETHER);
  evm.close();
}

/** `treasury dev`, whose chain outlives its restarts. */
export async function openDevSite(): Promise<StormSite> {
  const site = await openSite();
  const debts = new Debts();
  const rows: string[] = [];
  const file = join(site.folder, 'rows.csv');
  const args = ['dev', '--disbursements', 'rows.csv', ...SHARED];
  const noProxy = () => Promise.reject(new Error('the proxy of treasury dev is its own'));
  const owe = async () => {
    const { id, destination, amount } = debts.add();
    rows.push(`${id},${destination},${amount},,,`);
    await writeFile(file, `${['id,destination,amount,memo,scheduledEpoch,dependsOn', ...rows].join('\n')}\n`);
  };
  await owe();
  return {
    ...{ site, args },
    start: (options) => site.start(args, options),
    owe,
    nextCall: noProxy,
    setHanging: noProxy,
    settle: async () => {
      const last = site.start([...args, '--once']);
      await last.ended;
      const chain = await chainOf(site.folder);
      return settled(site, last, () => debts.faults((payee) => balanceOf(chain, payee)));
    },
    close: async () => {
      await rm(file);
      await site.remove();
    },
  };
}
