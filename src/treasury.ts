import { hostname } from 'node:os';
import type { CircuitBreakerConfig, TickEnded } from '../machines/index.ts';
import { BalanceWatch } from './balance-watch.ts';
import { createCircuitBreaker } from './breaker/circuit-breaker.ts';
import type { StateChange } from './breaker/types.ts';
import type { ControlOrder } from './breaker-control.ts';
import { ChainUnreachableError, type EvmChain, openEvmChain } from './chain/evm.ts';
import { systemClock } from './clock.ts';
import { SubmissionError } from './errors.ts';
import { assertNonceKnown } from './executor/nonce-guard.ts';
import { createTreasuryExecutor } from './executor/treasury-executor.ts';
import type { TreasuryExecutor, TreasuryExecutorConfig, TreasuryExecutorSnapshot } from './executor/types.ts';
import { type HttpServer, type OutageControl, startServer, type XStateInspectTools } from './http/server.ts';
import type { Inspector } from './inspect/index.ts';
import type { Store } from './store/store.ts';
import { createTelemetry } from './telemetry/index.ts';
import { createTreasuryInspector } from './treasury-inspector.ts';

/** How long the chain may take to tell the nonce at the start. */
const NONCE_WITHIN_MS = 30_000;

type ExecutorOptions = Pick<
  TreasuryExecutorConfig,
  | 'pollIntervalMs'
  | 'leaseTtlMs'
  | 'batchSize'
  | 'maxInFlight'
  | 'maxUnmined'
  | 'submitTimeoutMs'
  | 'confirmations'
  | 'onInsufficientFunds'
  | 'bumpAfterMs'
  | 'maxFeePerGas'
>;

export interface TreasuryOptions extends ExecutorOptions {
  /** Opened by the caller, closed by {@link Treasury.close}. */
  readonly store: Store;
  readonly rpcUrl: string;
  readonly privateKey: string;
  readonly epochBlocks?: number;
  /** Limit of each request to the chain. Milliseconds. */
  readonly rpcTimeoutMs?: number;
  readonly policy?: CircuitBreakerConfig;
  /** Takes the chain's nonce although the store does not know how it was used: rows may be paid a second time. */
  readonly adoptNonce?: boolean;
  /**
   * Whoever sends it as a bearer token may isolate and reset the breaker over HTTP: at least 16 printable ASCII
   * characters without spaces. Without one there is no such route.
   */
  readonly controlToken?: string;
  /** Makes the bridge to the tools of @xstate/inspect. @defaultValue none */
  readonly xstateInspect?: (parts: BridgeParts) => Bridge;
  /** Gives up opening. Once it is open, {@link Treasury.close} ends it. */
  readonly signal?: AbortSignal;
  /** Of this program, for `treasury_build_info`. */
  readonly version: string;
  /** Hears of every error that a client of the server sees as 500. */
  readonly onServerError: (error: unknown) => void;
  readonly server: {
    readonly host?: string;
    readonly port: number;
    readonly allowHosts?: readonly string[];
    /** The switch of `treasury dev` that breaks the RPC on purpose. */
    readonly outage?: OutageControl;
  };
}

/** What a bridge to other tools is made of. */
export interface BridgeParts {
  readonly inspector: Inspector;
  /** The control token, where there is one. */
  readonly token: string | undefined;
  /** Stores an order to the breaker; whoever holds the lease applies it at its next tick. */
  readonly request: (order: ControlOrder) => Promise<unknown>;
}

/** A bridge to other tools, served beside the inspector. */
export interface Bridge extends XStateInspectTools {
  stop(): void;
}

/** The whole of it, running. */
export interface Treasury {
  readonly store: Store;
  readonly chain: EvmChain;
  readonly executor: TreasuryExecutor;
  /** Where it serves. */
  readonly url: string;
  /** How often the breaker opened since the start. */
  readonly openings: number;
  start(): void;
  /** After each tick. The result stops it. */
  onTick(
    listener: (tick: {
      readonly fault: Error | undefined;
      readonly snapshot: TreasuryExecutorSnapshot;
    }) => void,
  ): () => void;
  /** At each change of the breaker's state. */
  onBreakerChange(listener: (change: StateChange) => void): void;
  /** Lets what is out end, releases the lease, and closes everything. */
  close(): Promise<void>;
}

/**
 * The composition root: store, chain, breaker, executor, telemetry and server, wired here and nowhere else.
 *
 * @throws ChainUnreachableError when the RPC does not answer; ConfigurationError when the store belongs to another
 * chain or signer, or the port is taken
 */
export async function openTreasury(options: TreasuryOptions): Promise<Treasury> {
  const { store, server: serving } = options;
  const chain = await openEvmChain({
    rpcUrl: options.rpcUrl,
    privateKey: options.privateKey,
    ...(options.epochBlocks !== undefined && { epochBlocks: options.epochBlocks }),
    ...(options.rpcTimeoutMs !== undefined && { timeoutMs: options.rpcTimeoutMs }),
    ...(options.signal !== undefined && { signal: options.signal }),
  });
  let bridge: Bridge | undefined;
  try {
    await claimStore(store, chain, options);
    const breakerListeners: ((change: StateChange) => void)[] = [];
    let openings = 0;
    const balance = new BalanceWatch({ read: chain.balance, clock: systemClock });
    const telemetry = createTelemetry({ version: options.version, balance: () => balance.balance });
    const inspector = createTreasuryInspector({
      store,
      policy: options.policy,
      pollIntervalMs: options.pollIntervalMs,
      leaseTtlMs: options.leaseTtlMs,
      token: options.controlToken,
      allowHosts: serving.allowHosts,
      hasOutage: serving.outage !== undefined,
      onError: options.onServerError,
    });
    let endAttachment = () => {};
    const executor = createTreasuryExecutor({
      ...executorOptions(options),
      identity: `${hostname()}:${process.pid}`,
      store,
      signer: chain.signer,
      submitter: chain.submitter,
      lookup: chain.lookup,
      nextNonce: chain.nextNonce,
      epochSource: chain.epochSource,
      inspect: inspector.inspect,
      circuitBreaker: (snapshot) => {
        const { inspect } = inspector;
        const breaker = createCircuitBreaker({
          snapshot,
          inspect,
          ...(options.policy && { policy: options.policy }),
        });
        endAttachment();
        endAttachment = inspector.attach(breaker);
        telemetry.observeBreaker(breaker);
        breaker.on('stateChange', (change) => {
          if (change.to === 'OPEN') openings += 1;
          for (const listener of breakerListeners) listener(change);
        });
        return breaker;
      },
    });
    telemetry.observeExecutor(executor);
    executor.on('tickEnded', () => void balance.refresh());
    const request = (order: ControlOrder) => store.requestControl(order, { now: Date.now() });
    bridge = options.xstateInspect?.({ inspector, token: options.controlToken, request });
    const server = await startServer({
      port: serving.port,
      ...(serving.host !== undefined && { host: serving.host }),
      ...(serving.allowHosts !== undefined && { allowHosts: serving.allowHosts }),
      ...(serving.outage !== undefined && { outage: serving.outage }),
      ...(options.controlToken !== undefined && {
        control: { token: options.controlToken, request },
      }),
      ...(bridge !== undefined && { xstateInspect: bridge }),
      inspect: inspector.handler,
      onError: options.onServerError,
      registry: telemetry.registry,
      breaker: () => executor.circuitBreaker,
      executor,
      probeStore: () => store.highestEpoch(),
    });
    return running({
      store,
      chain,
      executor,
      inspector,
      balance,
      bridge,
      server,
      openings: () => openings,
      breakerListeners,
    });
  } catch (error) {
    bridge?.stop();
    chain.close();
    throw error;
  }
}

/** A bound store has to be this chain's; a new one is bound only once the chain is accepted, or a typo would claim it. */
async function claimStore(
  store: Store,
  chain: EvmChain,
  { adoptNonce = false, signal }: Pick<TreasuryOptions, 'adoptNonce' | 'signal'>,
): Promise<void> {
  const { chainId, genesisHash, address: signer } = chain;
  const bind = () => store.bindChain({ chainId, genesisHash, signer });
  if ((await store.boundChain()) !== undefined) await bind();
  const limit = AbortSignal.any([AbortSignal.timeout(NONCE_WITHIN_MS), ...(signal ? [signal] : [])]);
  if (!adoptNonce) await assertNonceKnown(store, nonceAtStart(chain), limit);
  await bind();
}

/** An RPC that was there a moment ago and now fails is as unreachable as one that never answered. */
const nonceAtStart =
  ({ nextNonce }: EvmChain): EvmChain['nextNonce'] =>
  async (context) => {
    try {
      return await nextNonce(context);
    } catch (error) {
      if (!(error instanceof SubmissionError)) throw error;
      throw new ChainUnreachableError(`the RPC does not tell what the account has sent: ${error.message}`, {
        cause: error,
      });
    }
  };

function executorOptions(options: TreasuryOptions): ExecutorOptions {
  const names = [
    'pollIntervalMs',
    'leaseTtlMs',
    'batchSize',
    'maxInFlight',
    'maxUnmined',
    'submitTimeoutMs',
    'confirmations',
    'onInsufficientFunds',
    'bumpAfterMs',
    'maxFeePerGas',
  ] as const;
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}

interface Parts {
  readonly store: Store;
  readonly chain: EvmChain;
  readonly executor: TreasuryExecutor;
  readonly inspector: Inspector;
  readonly balance: BalanceWatch;
  readonly bridge: Bridge | undefined;
  readonly server: HttpServer;
  readonly openings: () => number;
  readonly breakerListeners: ((change: StateChange) => void)[];
}

function running(parts: Parts): Treasury {
  const { store, chain, executor, inspector, balance, bridge, server, openings, breakerListeners } = parts;
  return {
    store,
    chain,
    executor,
    url: server.url,
    get openings() {
      return openings();
    },
    start: () => executor.start(),
    onTick: (listener) => {
      const subscription = executor.actor.on('tick.ended', ({ fault }: TickEnded) =>
        listener({ fault, snapshot: executor.snapshot }),
      );
      return () => subscription.unsubscribe();
    },
    onBreakerChange: (listener) => void breakerListeners.push(listener),
    close: async () => {
      await executor.stop();
      bridge?.stop();
      inspector.stop();
      balance.stop();
      await server.close();
      chain.close();
      await store.close();
    },
  };
}
