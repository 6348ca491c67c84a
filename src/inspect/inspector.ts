import { inspect as describe } from 'node:util';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { createTokenCheck } from '../bearer-token.ts';
import type { CircuitBreaker } from '../breaker/types.ts';
import { TrustedHosts } from '../trusted-hosts.ts';
import { Projection } from './allow-list.ts';
import { Drawings } from './drawings.ts';
import { Feed } from './feed.ts';
import { createHandler } from './handler.ts';
import { History } from './history.ts';
import { MachineBook } from './machine-book.ts';
import type { InspectorHandler, InspectorOptions } from './options.ts';
import { PageFiles } from './page-files.ts';
import { Recorder } from './recorder.ts';

const HISTORY = 5_000;
const MAX_CLIENTS = 64;
/** Refused calls of one breaker are told together: an open breaker may refuse a million a second. Milliseconds. */
const REJECTIONS_MS = 100;

/** Watches actors, and shows them to people. */
export interface Inspector {
  /**
   * For the option `inspect` of `createActor`, `createCircuitBreaker` and `createTreasuryExecutor`. One inspector takes
   * as many actor systems as give it to theirs. It never throws.
   */
  readonly inspect: (event: InspectionEvent) => void;
  /**
   * Watches what is running already: an actor's whole system, or a breaker, whose refused calls are told too. What was
   * before is not known. The result ends it.
   */
  attach(target: AnyActorRef | CircuitBreaker, options?: { readonly name?: string }): () => void;
  /** Serves the page and what it needs. Mount it at `base` in any server. */
  readonly handler: InspectorHandler;
  /** Pages that watch right now. */
  readonly clients: number;
  /** Ends every connection; may be called again. */
  stop(): void;
  [Symbol.dispose](): void;
}

/**
 * Creates an inspector: a page on which the charts of live XState actors are seen moving, with what was refused and why.
 *
 * It only looks: no request to it sends an event to an actor. Of contexts and events it shows what `machines` names and
 * nothing else. It holds no process open.
 *
 * @throws RangeError when a number or the token is out of bounds, ConfigurationError when a name of `allowHosts` is none
 *
 * @example
 * ```ts
 * const inspector = createInspector({ machines: { order: { show: { context: ['total', 'items[].sku'] } } } });
 * const actor = createActor(orderMachine, { inspect: inspector.inspect }).start();
 * createServer(inspector.handler).listen(9615, '127.0.0.1');  // http://127.0.0.1:9615/inspect
 * ```
 */
export function createInspector(options: InspectorOptions = {}): Inspector {
  return new ActorInspector(options);
}

class ActorInspector implements Inspector {
  readonly inspect: (event: InspectionEvent) => void;
  readonly handler: InspectorHandler;
  readonly #recorder: Recorder;
  readonly #feed: Feed;
  readonly #drawings = new Drawings();
  readonly #onError: (error: unknown) => void;
  readonly #endings = new Set<() => void>();
  #isStopped = false;

  constructor(options: InspectorOptions) {
    const { token, base = '/inspect', title = 'Inspector' } = options;
    checkBase(base);
    const history = new History(positive('history', options.history ?? HISTORY));
    const machines = new MachineBook(options.machines);
    this.#recorder = new Recorder(history, machines, new Projection(token === undefined ? [] : [token]));
    this.#feed = new Feed(history, this.#recorder);
    this.#onError = options.onError ?? warn;
    this.inspect = (event) => this.#safely(() => this.#recorder.record(event));
    this.handler = createHandler({
      config: {
        base,
        title,
        needsToken: token !== undefined,
        hasDisbursements: options.disbursements !== undefined,
        ...(options.breakerControl !== undefined && { breakerControl: options.breakerControl }),
        ...(options.outageControl !== undefined && { outageControl: options.outageControl }),
      },
      files: new PageFiles(),
      feed: this.#feed,
      machines,
      drawings: this.#drawings,
      disbursements: options.disbursements,
      trusted: new TrustedHosts(options.allowHosts),
      isAllowed: token === undefined ? undefined : createTokenCheck(token),
      maxClients: positive('maxClients', options.maxClients ?? MAX_CLIENTS),
      onError: this.#onError,
    });
  }

  get clients(): number {
    return this.#feed.clients;
  }

  attach(target: AnyActorRef | CircuitBreaker, { name }: { readonly name?: string } = {}): () => void {
    if (this.#isStopped) return () => {};
    const breaker = 'tryAcquire' in target ? target : undefined;
    const actor = (breaker?.actor ?? target) as AnyActorRef;
    this.#safely(() => this.#recorder.actor(actor, name ?? breaker?.name));
    const subscription = actor.system.inspect(this.inspect);
    const endRejections = breaker === undefined ? () => {} : this.#watchRejections(breaker);
    const end = () => {
      this.#endings.delete(end);
      subscription.unsubscribe();
      endRejections();
    };
    this.#endings.add(end);
    return end;
  }

  stop(): void {
    this.#isStopped = true;
    for (const end of [...this.#endings]) end();
    this.#feed.stop();
    this.#drawings.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** Counts, and tells of them a moment later. */
  #watchRejections(breaker: CircuitBreaker): () => void {
    let count = 0;
    let timer: NodeJS.Timeout | undefined;
    const tell = () => {
      timer = undefined;
      const refused = count;
      count = 0;
      this.#safely(() => {
        const { state, retryAfterMs } = breaker;
        this.#recorder.rejected(this.#recorder.actor(breaker.actor), refused, state, retryAfterMs);
      });
    };
    const off = breaker.on('rejected', () => {
      count += 1;
      timer ??= setTimeout(tell, REJECTIONS_MS).unref();
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }

  #safely(work: () => void): void {
    if (this.#isStopped) return;
    try {
      work();
      this.#feed.poke();
    } catch (error) {
      this.#onError(error);
    }
  }
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} must be a whole number of at least 1, got ${String(value)}`);
}

function checkBase(base: string): void {
  if (/^(\/[A-Za-z0-9._~-]+)+$/.test(base)) return;
  throw new RangeError(`base must be a path like /inspect, got ${JSON.stringify(base)}`);
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(describe(error)));
}
