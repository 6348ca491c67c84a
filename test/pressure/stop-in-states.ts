import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { DEV_PRIVATE_KEY } from '../../src/dev/anvil.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { aPayment, startTestChain, type TestChain } from '../support/chain.ts';
import { type LiveTreasury, startLive } from '../system/cli/live-treasury.ts';
import type { Order } from './held-treasury.ts';
import { leftoversAt, openSite, type Site } from './site.ts';
import { nameOf, type Situation } from './situations.ts';

const PROGRAM = fileURLToPath(new URL('held-treasury.ts', import.meta.url));

/** Later than whatever a robber's lease lasts. Milliseconds. */
const TOMORROW_MS = 86_400_000;

/** What came of one situation. */
export interface StateResult {
  readonly name: string;
  readonly isReached: boolean;
  readonly signals: number;
  readonly violations: readonly string[];
}

/** One treasury, stopped in one state after the other: each process succeeds the one before, on the same store. */
export class StateSite {
  readonly #site: Site;
  readonly #chain: TestChain;
  #live: LiveTreasury | undefined;
  readonly #owed = new Map<string, bigint>();

  static async open(): Promise<StateSite> {
    const [site, chain] = await Promise.all([openSite(), startTestChain()]);
    await writeFile(join(site.folder, 'key'), `${DEV_PRIVATE_KEY}\n`, { mode: 0o600 });
    await mkdir(join(site.folder, '.treasury'));
    return new StateSite(site, chain);
  }

  private constructor(site: Site, chain: TestChain) {
    this.#site = site;
    this.#chain = chain;
  }

  /**
   * Brings a process with something to pay into the state, sends SIGTERM, and looks at what is left.
   *
   * @param isLast the process ends after it; otherwise it goes on for the next situation
   */
  async stopIn(situation: Situation, { isLast = true } = {}): Promise<StateResult> {
    const { wanted, heldFrom, isStoppedBefore = false, exitCode = EXIT.ok, robbery } = situation;
    await this.#queue();
    const live = this.#process();
    const order: Order = { ...situation, db: this.#site.db, rpcUrl: this.#chain.url };
    live.process.stdin?.write(`${JSON.stringify(order)}\n`);
    if (isLast) live.process.stdin?.end();
    const seen = live.mark();
    const reached = (state: string) => live.line(({ msg }) => msg === `in ${state}`, seen);
    let signals = 0;
    const stop = () => {
      signals += 1;
      live.process.kill('SIGTERM');
    };
    if (isStoppedBefore && heldFrom !== undefined) await reached(heldFrom).then(stop, () => {});
    const isReached = await reached(wanted).then(
      () => true,
      () => false,
    );
    if (isReached) stop();
    const code = await this.#codeOf(live, seen, isLast);
    const violations = await leftoversAt(this.#site, {
      now: Date.now() + (robbery === 'kept' ? TOMORROW_MS : 0),
      isRunning: !isLast,
    });
    return {
      name: nameOf(situation),
      isReached,
      signals,
      violations: [
        ...(isReached ? [] : ['it was not reached']),
        ...(code === exitCode ? [] : [`exit code ${code}: ${live.stderr()}`]),
        ...violations,
        ...(await this.#unrecorded()),
      ],
    };
  }

  /** The shipped command pays what is left; each payee has then what it is owed, once. */
  async settle(): Promise<readonly string[]> {
    const args = ['run', '--once', '--rpc-url', this.#chain.url, '--key-file', 'key', '--port', '0'];
    const live = this.#site.start([...args, '--confirmations', '1', '--poll-interval', '50ms']);
    const code = await live.ended;
    const violations = code === 0 ? [] : [`the successor ended with ${code}: ${live.stderr()}`];
    for (const [payee, owed] of this.#owed) {
      const paid = await this.#chain.balanceOf(payee);
      if (paid !== owed) violations.push(`${payee} is owed ${owed} and was paid ${paid}`);
    }
    return [...violations, ...(await leftoversAt(this.#site))];
  }

  async close(): Promise<void> {
    await this.#chain.stop();
    await this.#site.remove();
  }

  /** The one that still runs, or a new one. */
  #process(): LiveTreasury {
    const { folder, env } = this.#site;
    this.#live ??= startLive(folder, [], { program: PROGRAM, env, stdin: 'pipe' });
    return this.#live;
  }

  /** The exit code, or for a process that goes on what it would have been. */
  async #codeOf(live: LiveTreasury, seen: number, isLast: boolean): Promise<number | null> {
    if (!isLast) {
      const { msg } = await live.line((line) => line.msg?.startsWith('ended with ') ?? false, seen);
      return Number(msg?.slice('ended with '.length));
    }
    this.#live = undefined;
    return live.ended;
  }

  async #queue(): Promise<void> {
    const payment = aPayment({
      destination: `0x${randomBytes(20).toString('hex')}`,
      amount: BigInt(this.#owed.size + 1),
    });
    this.#owed.set(payment.destination, payment.amount);
    const store = await openSqliteStore(this.#site.db);
    await store.importDisbursements([payment], { now: Date.now() });
    await store.close();
  }

  /** Payments that a node has taken, and of which the store does not say so. */
  async #unrecorded(): Promise<readonly string[]> {
    const store = await openSqliteStore(this.#site.db, { create: false });
    const rows = await store.list({ status: 'staged' }).finally(() => store.close());
    const known = await Promise.all(
      rows.flatMap(({ id, intents }) =>
        intents.map(async ({ txHash }) =>
          (await this.#chain.ask('eth_getTransactionByHash', txHash)) === null ? [] : [id],
        ),
      ),
    );
    return known.flat().map((id) => `${id} was submitted, and that is not recorded`);
  }
}

/** A process of its own for each, one after the other on one treasury. */
export async function stopInAll(
  all: readonly Situation[],
  { onProgress }: { readonly onProgress: (wanted: string) => void },
): Promise<{ readonly results: readonly StateResult[]; readonly violations: readonly string[] }> {
  const site = await StateSite.open();
  try {
    const results: StateResult[] = [];
    for (const situation of all) {
      onProgress(situation.wanted);
      results.push(await site.stopIn(situation));
    }
    return { results, violations: await site.settle() };
  } finally {
    await site.close();
  }
}
