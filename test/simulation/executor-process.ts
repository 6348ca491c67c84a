import type { TickEnded } from '../../machines/index.ts';
import { portsOver } from '../../src/chain/evm-ports.ts';
import { ConfigurationError, StorageError } from '../../src/errors.ts';
import { assertNonceKnown } from '../../src/executor/nonce-guard.ts';
import type { TreasuryExecutorConfig } from '../../src/executor/types.ts';
import {
  type CircuitBreaker,
  createCircuitBreaker,
  createTreasuryExecutor,
  type TreasuryExecutor,
} from '../../src/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { DisbursementChange, Store } from '../../src/store/store.ts';
import { BUSY_LIMIT_MS, CallerProcess } from './caller-process.ts';
import type { Chain } from './chain.ts';
import type { Checker } from './checker.ts';
import type { Disk } from './disk.ts';
import type { FaultCounter } from './fault-counts.ts';
import { connect, type Fate } from './network.ts';
import type { Random } from './random.ts';
import type { Settings } from './settings.ts';
import { type InjectedFault, tapStore } from './store-tap.ts';
import type { Trace } from './trace.ts';
import { ACCOUNT, CHAIN_ID, simulatedAccount } from './transactions.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How a process ended: `refused` is a configuration that only an operator can mend, `unreachable` a chain that is down. */
export type Exit = 'crashed' | 'faulted' | 'stopped' | 'refused' | 'unreachable';

/** What is done to a process from outside. */
export interface Mischief {
  /** Whether it dies here; it may be paused here, too. */
  crashesAt(process: ExecutorProcess, point: string): boolean;
  storeFaultOf(process: string, method: string): InjectedFault | undefined;
  fateOf(process: string, method: string): Fate;
  /** Before a write of anybody: that the power is cut in its middle. */
  beforeWrite(method: string): void;
  readonly telemetry: 'none' | 'quiet' | 'throws' | 'never settles';
}

export interface ProcessParts {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly faults: FaultCounter;
  readonly disk: Disk;
  readonly chain: Chain;
  readonly checker: Checker;
  readonly settings: Settings;
  readonly mischief: Mischief;
}

export interface StartOptions {
  readonly random: Random;
  readonly adoptNonce: boolean;
  /** The disk has no room for another page. */
  readonly isFull: boolean;
  readonly onExit: (exit: Exit) => void;
}

/** One life of one executor process, from its start to its death. */
export class ExecutorProcess extends CallerProcess {
  readonly #parts: ProcessParts;
  readonly #options: StartOptions;
  #raw: Store | undefined;
  #executor: TreasuryExecutor | undefined;
  #breaker: CircuitBreaker | undefined;
  #isEnding = false;
  #isExcused = false;
  /** Turn of the loop in which the store failed. */
  faultTurn: number | undefined;

  constructor(name: string, parts: ProcessParts, options: StartOptions) {
    super(name, parts.time);
    this.#parts = parts;
    this.#options = options;
  }

  get breaker(): CircuitBreaker | undefined {
    return this.#breaker;
  }

  /** It holds the lease, as far as it knows. */
  get leads(): boolean {
    return this.isAlive && this.#executor?.snapshot.leaseHeld === true;
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  start(): void {
    const { disk, trace } = this.#parts;
    trace.add(this.name, `starts${this.#options.isFull ? ' on a full disk' : ''}`);
    const open = () =>
      openSqliteStore(disk.path, {
        create: false,
        sleep: this.sleep,
        busyLimitMs: BUSY_LIMIT_MS,
        pragmas: { busy_timeout: 0, ...(this.#options.isFull && { max_page_count: 1 }) },
      });
    this.time.task(open, (store) => {
      this.#raw = store;
      if (this.isAlive) void this.#run(this.#tap(store));
      else this.#close();
    });
  }

  /** At once, as a kill: nothing is awaited, nothing released. */
  kill(): void {
    if (!this.isAlive) return;
    this.#parts.trace.add(this.name, 'dies');
    this.die();
    this.#close();
    this.#options.onExit('crashed');
  }

  /** As by SIGTERM. */
  async stop(exit: Exit = 'stopped'): Promise<void> {
    if (!this.isAlive || this.#isEnding) return;
    this.#isEnding = true;
    this.#parts.trace.add(this.name, `is stopped (${exit})`);
    await this.#executor?.stop();
    this.#end(exit);
  }

  override reach(point: string): void {
    if (!this.#parts.mischief.crashesAt(this, point)) return;
    this.#parts.faults.crashed(point);
    this.#parts.trace.add(this.name, `crashes ${point}`);
    this.kill();
  }

  #end(exit: Exit): void {
    if (!this.isAlive) return;
    this.#parts.trace.add(this.name, `ends: ${exit}`);
    this.die();
    this.#close();
    this.#options.onExit(exit);
  }

  #close(): void {
    const store = this.#raw;
    if (store !== undefined) this.time.task(() => store.close());
  }

  #tap(store: Store): Store {
    const { checker, mischief, faults } = this.#parts;
    return tapStore(store, this, this.time, {
      onCall: (method, lease) => {
        mischief.beforeWrite(method);
        return lease !== undefined && checker.isStale(lease);
      },
      faultOf: (method) => {
        const fault = mischief.storeFaultOf(this.name, method);
        if (fault !== undefined) {
          this.#isExcused = true;
          this.#parts.trace.add(this.name, `${fault} at ${method}`);
        }
        return fault;
      },
      onResult: ({ method, args, result, isStale }) => {
        if (isStale) checker.broken(`P8: ${this.name} wrote ${method} under a fence that was not the newest`);
        if (method === 'change')
          checker.rowChanged(this, String(args[1]), (args[2] as DisbursementChange).to);
        checker.storeAnswered(this, method, result);
      },
      onError: (method, error) => {
        if (!(error instanceof StorageError)) return;
        this.#parts.trace.add(this.name, `${method} fails: ${error.name}`);
        this.faultTurn ??= this.time.turns;
        if (this.#options.isFull) {
          faults.fired('store: FULL for real');
          this.#isExcused = true;
        }
        if (checker.isLockKnown(error)) this.#isExcused = true;
        if (!this.#isExcused) checker.broken(`${this.name}: ${method} failed by itself: ${error.message}`);
      },
    });
  }

  async #run(store: Store): Promise<void> {
    const { checker, chain, trace } = this.#parts;
    const evm = this.#evm();
    try {
      const bind = () =>
        store.bindChain({ chainId: CHAIN_ID, genesisHash: chain.genesisHash, signer: ACCOUNT });
      if ((await store.boundChain()) !== undefined) await bind();
      if (!this.#options.adoptNonce)
        await assertNonceKnown(store, evm.nextNonce, new AbortController().signal);
      await bind();
    } catch (error) {
      if (!this.isAlive) return;
      const isRefused = error instanceof ConfigurationError;
      trace.add(this.name, `may not begin: ${error instanceof Error ? error.name : 'unknown'}`);
      if (isRefused) checker.startRefused(this.name);
      this.#end(isRefused ? 'refused' : error instanceof StorageError ? 'faulted' : 'unreachable');
      return;
    }
    checker.startAccepted(this.name);
    const executor = createTreasuryExecutor(this.#config(store, evm));
    this.#executor = executor;
    executor.actor.on('tick.ended', (tick) => this.#tickEnded(tick));
    executor.actor.subscribe({
      error: (error) => checker.broken(`${this.name}: the executor's actor died: ${String(error)}`),
    });
    executor.start();
  }

  #evm() {
    const { chain, trace, faults, settings, checker, mischief } = this.#parts;
    const rpc = connect(this, {
      time: this.time,
      trace,
      faults,
      chain,
      random: this.#options.random.fork('network'),
      timeoutMs: settings.rpcTimeoutMs,
      fateOf: (method) => mischief.fateOf(this.name, method),
      onSend: (rawTx) => checker.sends(this, rawTx),
    });
    return portsOver({
      rpc,
      account: simulatedAccount,
      chainId: CHAIN_ID,
      genesisHash: chain.genesisHash,
      epochBlocks: settings.epochBlocks,
      clock: this.clock,
    });
  }

  #config(store: Store, evm: ReturnType<typeof portsOver>): TreasuryExecutorConfig {
    const { settings, checker, mischief, faults } = this.#parts;
    const random = this.#options.random.fork('breaker');
    return {
      ...settings.executor,
      identity: this.name,
      store,
      signer: evm.signer,
      submitter: evm.submitter,
      lookup: (intent, context) => {
        checker.looksUp(this, intent.disbursementId);
        return evm.lookup(intent, context);
      },
      epochSource: evm.epochSource,
      nextNonce: evm.nextNonce,
      clock: this.clock,
      circuitBreaker: (snapshot) => {
        const breaker = createCircuitBreaker({
          policy: settings.policy,
          clock: this.clock,
          random: () => random.next(),
          ...(snapshot === undefined ? {} : { snapshot }),
        });
        breaker.on('stateChange', ({ from, to }) => {
          if (this.isAlive) this.#parts.trace.add(this.name, `breaker ${from} -> ${to}`);
        });
        this.#breaker = breaker;
        return breaker;
      },
      ...(mischief.telemetry !== 'none' && {
        circuitBreakerTelemetry: () => {
          if (mischief.telemetry === 'throws') {
            faults.fired('process: telemetry throws');
            throw new Error('simulated telemetry');
          }
          if (mischief.telemetry !== 'never settles') return;
          faults.fired('process: telemetry never settles');
          // As an asynchronous callback would.
          return new Promise(() => {}) as unknown as undefined;
        },
      }),
    };
  }

  #tickEnded(tick: TickEnded): void {
    if (!this.isAlive) return;
    const { checker, trace } = this.#parts;
    const { settled, staged, submitted, failed } = tick.tally;
    if (settled + staged + submitted + failed > 0 || tick.fault !== undefined)
      trace.add(
        this.name,
        `tick: settled ${settled}, staged ${staged}, submitted ${submitted}, failed ${failed}`,
      );
    checker.tickEnded(this, tick);
    if (tick.fault === undefined || this.#isEnding) return;
    if (!this.#isExcused) checker.broken(`${this.name} faulted by itself: ${tick.fault.message}`);
    this.time.schedule(500, () => void this.stop('faulted'), this);
  }
}
