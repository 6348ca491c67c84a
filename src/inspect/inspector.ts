import type { AnyActorRef, InspectionEvent } from 'xstate';
import { createTokenCheck } from '../bearer-token.ts';
import type { CircuitBreaker, Rejection } from '../breaker/types.ts';
import { callSafely } from '../call-safely.ts';
import type { ChartState } from '../diagram/chart.ts';
import { TrustedHosts } from '../trusted-hosts.ts';
import { warn } from '../warn.ts';
import { Projection } from './allow-list.ts';
import { checkBase } from './base-path.ts';
import { Drawings } from './drawings.ts';
import { Feed } from './feed.ts';
import type { Follower } from './followers.ts';
import { createHandler } from './handler.ts';
import { History } from './history.ts';
import { MachineBook } from './machine-book.ts';
import type { InspectorHandler, InspectorOptions } from './options.ts';
import { PageFiles } from './page-files.ts';
import { positive } from './positive.ts';
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
  /**
   * Tells a program in this process what the pages are told, through the same allow-lists: how everything is now, at
   * once, and then what happens, a fraction of a second later, as one record each. The result ends it.
   */
  follow(follower: Follower): () => void;
  /** The chart that a picture names; `undefined` when none was seen. */
  chart(name: string): ChartState | undefined;
  /** The live actor that the feed calls by this id; `undefined` when it is over. */
  actor(id: string): AnyActorRef | undefined;
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
  readonly #machines: MachineBook;
  readonly #drawings = new Drawings();
  readonly #onError: (error: unknown) => void;
  readonly #endings = new Set<() => void>();
  readonly #attached = new WeakMap<
    object,
    { times: number; readonly subscription: { unsubscribe(): void } }
  >();
  readonly #rejections = new WeakMap<object, Rejections>();
  #isStopped = false;

  constructor(options: InspectorOptions) {
    const { token, base = '/inspect', title = 'Inspector' } = options;
    checkBase(base);
    const history = new History(positive('history', options.history ?? HISTORY));
    const onError = options.onError ?? warn;
    this.#onError = (error) => callSafely(onError, error, warn);
    const projection = new Projection(token === undefined ? [] : [token]);
    const machines = new MachineBook(options.machines, projection);
    this.#machines = machines;
    this.#recorder = new Recorder(history, machines, projection, this.#onError);
    this.#feed = new Feed(history, this.#recorder, {}, this.#onError);
    this.inspect = (event) => {
      // What a breaker refused before this event belongs before it, and to the state that refused it.
      this.#rejections.get(event.actorRef)?.tell();
      this.#safely(() => this.#recorder.record(event));
    };
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
    const unsubscribe = this.#subscribe(actor);
    this.#safely(() => this.#recorder.attach(actor, name ?? breaker?.name));
    const endRejections = breaker === undefined ? () => {} : this.#watchRejections(breaker);
    const end = () => {
      if (!this.#endings.delete(end)) return;
      unsubscribe();
      endRejections();
    };
    this.#endings.add(end);
    return end;
  }

  follow(follower: Follower): () => void {
    return this.#feed.follow(follower);
  }

  chart(name: string): ChartState | undefined {
    return this.#machines.chart(name);
  }

  actor(id: string): AnyActorRef | undefined {
    return this.#recorder.ref(id);
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

  /** Once for each system, and not at all for one that was given this inspector: each event is told once. */
  #subscribe(actor: AnyActorRef): () => void {
    const { system } = actor;
    const known = this.#attached.get(system);
    if (known === undefined && this.#recorder.hears(actor)) return () => {};
    const attached = known ?? { times: 0, subscription: system.inspect(this.inspect) };
    this.#attached.set(system, attached);
    attached.times += 1;
    return () => {
      attached.times -= 1;
      if (attached.times > 0) return;
      attached.subscription.unsubscribe();
      this.#attached.delete(system);
      this.#recorder.leave(actor);
    };
  }

  /** However often a breaker is attached, a call that it refused was refused once. */
  #watchRejections(breaker: CircuitBreaker): () => void {
    const { actor } = breaker;
    const known = this.#rejections.get(actor);
    const rejections =
      known ??
      new Rejections(breaker, (count, { state, retryAfterMs }) =>
        this.#safely(() => this.#recorder.rejected(actor, count, state, retryAfterMs)),
      );
    if (known === undefined) this.#rejections.set(actor, rejections);
    rejections.watchers += 1;
    return () => {
      rejections.watchers -= 1;
      if (rejections.watchers > 0) return;
      rejections.end();
      this.#rejections.delete(actor);
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

/** Counts the calls that a breaker refuses, and tells of them a moment later, or when asked to. */
class Rejections {
  watchers = 0;
  readonly #tell: (count: number, last: Rejection) => void;
  readonly #off: () => void;
  #count = 0;
  #last: Rejection | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(breaker: CircuitBreaker, tell: (count: number, last: Rejection) => void) {
    this.#tell = tell;
    this.#off = breaker.on('rejected', (rejection) => {
      this.#count += 1;
      this.#last = rejection;
      this.#timer ??= setTimeout(() => this.tell(), REJECTIONS_MS).unref();
    });
  }

  tell(): void {
    if (this.#last === undefined) return;
    const [count, last] = [this.#count, this.#last];
    this.#count = 0;
    this.#last = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tell(count, last);
  }

  end(): void {
    this.#off();
    this.tell();
  }
}
