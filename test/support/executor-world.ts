import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { generatePrivateKey } from 'viem/accounts';
import type { InspectionEvent } from 'xstate';
import type {
  BreakerOutcome,
  BreakerOutcomeEvent,
  CircuitBreakerConfig,
  Disbursement,
  DisbursementRow,
  DisbursementStatus,
} from '../../machines/index.ts';
import type { EvmChain } from '../../src/chain/evm.ts';
import { type RpcProxy, startRpcProxy } from '../../src/dev/rpc-proxy.ts';
import type { Charts } from '../../src/executor/executor-actors.ts';
import { createExecutorOver } from '../../src/executor/treasury-executor.ts';
import type { CircuitBreaker, TreasuryExecutor, TreasuryExecutorConfig } from '../../src/index.ts';
import { createCircuitBreaker } from '../../src/index.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite.ts';
import { APPLICATION_ID } from '../../src/store/sqlite-connection.ts';
import type { Lease, Store } from '../../src/store/store.ts';
import { TestClock } from './breaker.ts';
import { aPayment, aRequest, ETHER, patient, type TestChain } from './chain.ts';
import { outcomeIn } from './executor-breaker.ts';
import { type StoreTaps, tapStore } from './executor-store.ts';
import { Tap } from './executor-tap.ts';
import { Waits } from './executor-waits.ts';

/** What scenarios run on. The chain is shared; each world has an account of its own there. It mines when it is told to. */
export interface Bench {
  readonly chain: TestChain;
  readonly charts: Charts;
  /** The most that anything is waited for. Milliseconds. */
  readonly waitMs: number;
  readonly inspect?: (event: InspectionEvent) => void;
}

export interface WorldOptions {
  readonly policy?: CircuitBreakerConfig;
  /** Puts a proxy whose outages can be switched before the chain: for submissions and look-ups, or for all ports. */
  readonly proxied?: 'submissions' | 'all';
  /** What the account has, in base units. @defaultValue 1000 ether */
  readonly balance?: bigint;
  /** Size of the store's pages, with which nearly every write needs a new one when they are small. @defaultValue SQLite's */
  readonly pageBytes?: number;
}

/** `undefined` takes a port away. */
type Settings = {
  readonly [Field in keyof TreasuryExecutorConfig]?: TreasuryExecutorConfig[Field] | undefined;
};

interface Opened {
  readonly folder: string;
  readonly proxy: RpcProxy | undefined;
  readonly direct: EvmChain;
  readonly sending: EvmChain;
  readonly privateKey: `0x${string}`;
  readonly raw: Store;
}

function makeEmpty(path: string, pageBytes: number): void {
  const database = new DatabaseSync(path);
  database.exec(`pragma page_size = ${pageBytes}; pragma application_id = ${APPLICATION_ID}`);
  database.close();
}

/**
 * A treasury for one scenario: an account and payees of its own on a real chain, a store file of its own, a clock that
 * stands still, and a tap on every port. Whatever it opened is closed by {@link World.close}, also after a failure.
 */
export class World extends Waits {
  static async open(bench: Bench, options: WorldOptions = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'treasury-executor-'));
    const proxy = options.proxied ? await startRpcProxy({ target: bench.chain.url }) : undefined;
    const privateKey = generatePrivateKey();
    const direct = await bench.chain.open({ privateKey });
    const sending =
      proxy === undefined
        ? direct
        : await bench.chain.open({ privateKey, rpcUrl: proxy.url, timeoutMs: 1_000 });
    await bench.chain.setBalance(direct.address, options.balance ?? 1_000n * ETHER);
    const path = join(folder, 'treasury.db');
    if (options.pageBytes !== undefined) makeEmpty(path, options.pageBytes);
    const raw = await openSqliteStore(path);
    return new World(bench, options, { folder, proxy, direct, sending, privateKey, raw });
  }

  readonly bench: Bench;
  readonly chain: TestChain;
  /** Without the proxy. */
  readonly evm: EvmChain;
  readonly privateKey: `0x${string}`;
  readonly folder: string;
  readonly clock = new TestClock();
  readonly policy: CircuitBreakerConfig;
  readonly breaker: CircuitBreaker;
  /** Names of the ports and store methods that were called, in order. */
  readonly timeline: string[] = [];
  /** Is told of each call before it is made, the first is number 1; `'never'`: it is not made. */
  onStep: ((number: number) => 'never' | undefined) | undefined;
  /** What breakers were told, in order. */
  readonly told: BreakerOutcomeEvent[] = [];
  readonly store: Store;
  readonly taps: StoreTaps;
  readonly signer;
  readonly submitter;
  readonly lookup;
  readonly epochSource;
  readonly nextNonce;
  readonly #raw: Store;
  readonly #proxy: RpcProxy | undefined;
  readonly #executors: TreasuryExecutor[] = [];
  readonly #closers: (() => unknown)[] = [];
  readonly #payees = new Map<string, string>();

  private constructor(bench: Bench, options: WorldOptions, opened: Opened) {
    super(bench.waitMs);
    const { direct, sending, raw } = opened;
    const evm = options.proxied === 'all' ? sending : direct;
    const log = (name: string) => this.onStep?.(this.timeline.push(name));
    this.bench = bench;
    this.chain = bench.chain;
    this.evm = direct;
    this.privateKey = opened.privateKey;
    this.folder = opened.folder;
    this.#raw = raw;
    this.#proxy = opened.proxy;
    this.whenClosed(() => direct.close());
    this.whenClosed(() => sending.close());
    this.policy = options.policy ?? {};
    this.breaker = this.newBreaker();
    const { store, taps } = tapStore(raw, log);
    this.store = store;
    this.taps = taps;
    this.signer = new Tap('signer', evm.signer, log);
    this.submitter = new Tap('submitter', sending.submitter, log);
    this.lookup = new Tap('lookup', sending.lookup, log);
    this.epochSource = new Tap('epochSource', evm.epochSource, log);
    this.nextNonce = new Tap('nextNonce', evm.nextNonce, log);
  }

  get proxy(): RpcProxy {
    assert.ok(this.#proxy, 'this world has no proxy');
    return this.#proxy;
  }

  newBreaker(snapshot?: unknown): CircuitBreaker {
    const breaker = createCircuitBreaker({
      policy: this.policy,
      clock: this.clock,
      ...(snapshot === undefined ? {} : { snapshot }),
    });
    this.whenClosed(() => breaker.stop());
    return breaker;
  }

  /** An executor over the bench's charts, with this world's ports unless others are given. */
  executor(settings: Settings = {}): TreasuryExecutor {
    const config = {
      identity: 'test',
      store: this.store,
      signer: this.signer.call,
      submitter: this.submitter.call,
      lookup: this.lookup.call,
      epochSource: this.epochSource.call,
      nextNonce: this.nextNonce.call,
      circuitBreaker: this.breaker,
      clock: this.clock,
      inspect: (event: InspectionEvent) => {
        const outcome = outcomeIn(event);
        if (outcome !== undefined) this.told.push(outcome);
        this.bench.inspect?.(event);
      },
      ...settings,
    };
    const given = Object.entries(config).filter(([, value]) => value !== undefined);
    const executor = createExecutorOver(
      this.bench.charts,
      Object.fromEntries(given) as unknown as TreasuryExecutorConfig,
    );
    this.#executors.push(executor);
    return executor;
  }

  whenClosed(close: () => unknown): void {
    this.#closers.push(close);
  }

  // --- Rows

  /** Imports rows with ids from `names`, a payee of their own each, and amounts that differ. */
  async queue(...rows: (string | (Partial<Disbursement> & { readonly id: string }))[]): Promise<void> {
    const payments = rows.map((row): Disbursement => {
      const details = typeof row === 'string' ? { id: row } : row;
      const destination = `0x${randomBytes(20).toString('hex')}`;
      const amount = 1_000n + BigInt(this.#payees.size);
      this.#payees.set(details.id, details.destination ?? destination);
      return { destination, amount, memo: '', scheduledEpoch: 0, dependsOn: [], ...details };
    });
    await this.#raw.importDisbursements(payments, { now: this.clock.wallNow() });
  }

  payeeOf(id: string): string {
    const payee = this.#payees.get(id);
    assert.ok(payee, `no payee of ${id}`);
    return payee;
  }

  async row(id: string): Promise<DisbursementRow> {
    const row = await this.#raw.find(id);
    assert.ok(row, `no row ${id}`);
    return row;
  }

  rows(): Promise<readonly DisbursementRow[]> {
    return this.#raw.list({ limit: 1_000 });
  }

  /** Status by id. */
  async statuses(): Promise<Record<string, DisbursementStatus>> {
    return Object.fromEntries((await this.rows()).map(({ id, status }) => [id, status]));
  }

  async areAll(status: DisbursementStatus): Promise<void> {
    const statuses = await this.statuses();
    const expected = Object.fromEntries(Object.keys(statuses).map((id) => [id, status]));
    assert.deepEqual(statuses, expected);
  }

  async is(id: string, status: DisbursementStatus): Promise<void> {
    assert.equal((await this.row(id)).status, status, `status of ${id}`);
  }

  /** Sends a transaction of this account with a nonce, as somebody else who has the key would. */
  async sendForeign(nonce = 0): Promise<void> {
    const other = aPayment({ destination: `0x${randomBytes(20).toString('hex')}`, amount: 1n });
    const { rawTx } = await this.evm.signer(other, aRequest(nonce), patient);
    await this.chain.ask('eth_sendRawTransaction', rawTx);
  }

  /** Ids whose bytes were given to the submitter, in order. */
  get sent(): readonly string[] {
    return this.submitter.calls.map(([intent]) => intent.disbursementId);
  }

  /** Types of what breakers were told. */
  get toldTypes(): readonly BreakerOutcome[] {
    return this.told.map(({ type }) => type);
  }

  // --- Time

  /** Ticks and mines until every row is final. */
  async payAll(executor: TreasuryExecutor): Promise<void> {
    for (let round = 0; round < 12; round += 1) {
      await this.tick(executor);
      await this.chain.mine();
      const open = (await this.rows()).filter(
        ({ status }) => !['finalized', 'cancelled', 'deadLetter'].includes(status),
      );
      if (open.length === 0) return;
    }
    assert.fail(`not paid: ${JSON.stringify(await this.statuses())}, ${executor.snapshot.error}`);
  }

  /** Some round trips to the chain: whatever could happen without us has happened then. */
  async pause(): Promise<void> {
    for (let trip = 0; trip < 10; trip += 1) await this.chain.head();
  }

  // --- Others

  /** Ends an executor as a kill would: nothing is awaited, nothing released. */
  kill(executor: TreasuryExecutor): void {
    executor.actor.stop();
  }

  /** Takes the lease, which must be free, as another executor would. */
  async takeLease(owner: string, now = this.clock.wallNow()): Promise<Lease> {
    const lease = await this.#raw.acquireLease({ owner, ttlMs: 60_000, now });
    assert.ok(lease, `${owner} got the lease`);
    return lease;
  }

  /** The same as one whose clock is beyond its expiry. */
  stealLease(): Promise<Lease> {
    return this.takeLease('thief', this.clock.wallNow() + 24 * 3_600_000);
  }

  /** A second connection to the same file. */
  async openStore(options?: SqliteStoreOptions): Promise<Store> {
    const store = await openSqliteStore(join(this.folder, 'treasury.db'), options);
    this.whenClosed(() => store.close());
    return store;
  }

  // --- The end

  async close(): Promise<void> {
    for (const tap of [this.signer, this.submitter, this.lookup, this.epochSource, this.nextNonce])
      tap.openGates();
    for (const tap of Object.values(this.taps)) tap.openGates();
    for (const executor of this.#executors) executor.actor.stop();
    for (const close of this.#closers) await close();
    await this.#proxy?.close();
    await this.#raw.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
