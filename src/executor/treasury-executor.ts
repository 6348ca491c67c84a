import { createActor } from 'xstate';
import type { ExecutorEvent, TickEnded } from '../../machines/index.ts';
import { callSafely } from '../call-safely.ts';
import { type Clock, systemClock } from '../clock.ts';
import { LeaseLostError } from '../errors.ts';
import { BreakerKeeper } from './breaker-keeper.ts';
import { type Charts, provideExecutor, SHIPPED_CHARTS } from './executor-actors.ts';
import { type ExecutorListener, ExecutorListeners, type TreasuryExecutorEvents } from './executor-events.ts';
import type { ExecutorPorts } from './executor-ports.ts';
import { resolveSettings } from './settings.ts';
import type { TreasuryExecutor, TreasuryExecutorConfig, TreasuryExecutorSnapshot } from './types.ts';
import { UnknownOutcomes } from './unknown-outcomes.ts';

/** The pause between two ticks keeps the process alive: an executor that polls is work to be done. */
const pollingClock: Clock = { ...systemClock, setTimeout: (fn, delayMs) => setTimeout(fn, delayMs) };

/**
 * Creates an executor: it pays the disbursements of a store through a circuit breaker, never twice.
 *
 * @throws TypeError when a required port is missing, RangeError when a number is out of bounds
 */
export function createTreasuryExecutor(config: TreasuryExecutorConfig): TreasuryExecutor {
  return createExecutorOver(SHIPPED_CHARTS, config);
}

/**
 * The same over other charts: tests give it broken ones and see that somebody notices.
 *
 * @internal
 */
export function createExecutorOver(charts: Charts, config: TreasuryExecutorConfig): TreasuryExecutor {
  return new ActorExecutor(charts, config);
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The facade over the executor's actor: the chart does the work, this waits for it and tells of it. */
class ActorExecutor implements TreasuryExecutor {
  readonly actor;
  readonly #config: TreasuryExecutorConfig;
  readonly #keeper: BreakerKeeper;
  readonly #wallNow: () => number;
  readonly #waiters: Waiter[] = [];
  readonly #stopped = Promise.withResolvers<void>();
  #last: TickEnded | undefined;
  #lastTickAt: number | undefined;
  #fault: Error | undefined;
  #telemetryErrors = 0;
  readonly #telemetryFailed = () => {
    this.#telemetryErrors += 1;
  };
  readonly #listeners = new ExecutorListeners(this.#telemetryFailed);
  readonly #unknownOutcomes = new UnknownOutcomes();
  readonly #now: () => number;
  #tickBeganAt: number;

  constructor(charts: Charts, config: TreasuryExecutorConfig) {
    const settings = resolveSettings(config);
    const clock = config.clock ?? pollingClock;
    const { inspect } = config;
    this.#config = config;
    this.#now = () => clock.now();
    this.#tickBeganAt = clock.now();
    this.#wallNow = () => (clock.wallNow === undefined ? clock.now() : clock.wallNow());
    const ports: ExecutorPorts = {
      config,
      settings,
      clock,
      owner: `${config.identity}#${crypto.randomUUID()}`,
      wallNow: this.#wallNow,
      lease: () => {
        const { lease } = this.actor.getSnapshot().context;
        if (lease === undefined) throw new LeaseLostError();
        return lease;
      },
      breaker: () => {
        if (this.#keeper.breaker === undefined)
          throw new Error('the breaker is made before anything is paid');
        return this.#keeper.breaker;
      },
      listeners: this.#listeners,
      unknownOutcomes: this.#unknownOutcomes,
      isUntried: (id) => this.actor.getSnapshot().context.untried.includes(id),
      unmined: () => this.actor.getSnapshot().context.unmined.rows.length,
      isStopping: () => this.actor.getSnapshot().context.isStopping,
      tickBegan: () => {
        this.#tickBeganAt = clock.now();
      },
    };
    const onFault = (error: Error) => this.#send({ type: 'FAULT', error });
    this.#keeper = new BreakerKeeper(ports, onFault);
    this.actor = createActor(provideExecutor(charts, ports, this.#keeper, onFault), {
      input: { settings },
      clock,
      ...(inspect !== undefined && { inspect: (event) => callSafely(inspect, event, this.#telemetryFailed) }),
    });
    this.actor.on('tick.ended', (tick) => this.#tickEnded(tick));
    this.actor.subscribe({
      error: (error) => this.#died(error instanceof Error ? error : new Error(String(error))),
      complete: () => this.#completed(),
    });
    this.actor.start();
  }

  get circuitBreaker() {
    return this.#keeper.breaker;
  }

  get store() {
    return this.#config.store;
  }

  on<Name extends keyof TreasuryExecutorEvents>(name: Name, listener: ExecutorListener<Name>): () => void {
    return this.#listeners.add(name, listener);
  }

  get snapshot(): TreasuryExecutorSnapshot {
    const { status, value, context } = this.actor.getSnapshot();
    const last = this.#last;
    const lease = status === 'active' ? context.lease : undefined;
    return {
      state: status === 'error' ? 'faulted' : stateName(value),
      ticks: last?.tick ?? 0,
      lastTickAt: this.#lastTickAt,
      epoch: context.epoch,
      epochKnown: last?.isEpochKnown ?? false,
      leaseHeld: lease !== undefined,
      fence: lease?.fence,
      unmined: last?.unmined ?? 0,
      tally: last?.tally ?? context.tally,
      error: this.#fault?.message ?? last?.error,
      circuitState: this.#keeper.breaker?.state,
      unknownOutcomes: this.#unknownOutcomes.count,
      oldestUnknownAt: this.#unknownOutcomes.oldestAt,
      telemetryErrors: this.#telemetryErrors,
    };
  }

  start(): void {
    this.#send({ type: 'START' });
  }

  tick(): Promise<void> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    const { status, context } = this.actor.getSnapshot();
    if (status !== 'active' || context.isStopping)
      return Promise.reject(new Error('the executor was stopped'));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiters.push({ resolve, reject });
    this.actor.send({ type: 'TICK' });
    return promise;
  }

  stop(): Promise<void> {
    this.#send({ type: 'STOP' });
    return this.#stopped.promise;
  }

  /** XState warns on the console of events that come after the end. */
  #send(event: ExecutorEvent): void {
    if (this.actor.getSnapshot().status === 'active') this.actor.send(event);
  }

  #tickEnded(tick: TickEnded): void {
    this.#last = tick;
    this.#lastTickAt = this.#wallNow();
    this.#fault = tick.fault;
    if (!tick.holdsLease) this.#unknownOutcomes.clear();
    // Taken first: whoever asks for a tick from now on, telemetry too, means the next one.
    const waiters = this.#waiters.splice(0);
    this.#tellTelemetry(tick);
    for (const { resolve, reject } of waiters) {
      if (tick.fault === undefined) resolve();
      else reject(tick.fault);
    }
  }

  /** Whatever telemetry does, no payment may notice. */
  #tellTelemetry({ tally }: TickEnded): void {
    this.#listeners.tell('tickEnded', { durationMs: this.#now() - this.#tickBeganAt, tally });
    const { circuitBreakerTelemetry } = this.#config;
    const breaker = this.#keeper.breaker;
    if (circuitBreakerTelemetry === undefined || breaker === undefined) return;
    const { stateCode, failures, successes } = breaker;
    callSafely(
      () => circuitBreakerTelemetry(stateCode, failures, successes),
      undefined,
      this.#telemetryFailed,
    );
  }

  #died(error: Error): void {
    this.#fault = error;
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    this.#completed();
  }

  #completed(): void {
    this.#keeper.stop();
    for (const { reject } of this.#waiters.splice(0)) reject(new Error('the executor was stopped'));
    this.#stopped.resolve();
  }
}

function stateName(value: unknown): TreasuryExecutorSnapshot['state'] {
  return (typeof value === 'string' ? value : 'ticking') as TreasuryExecutorSnapshot['state'];
}
