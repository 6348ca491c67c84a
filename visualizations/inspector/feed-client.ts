import type { Batch, Hello } from '../../src/inspect/protocol.ts';
import { type SseEvent, SseParser } from './sse-parser.ts';

/** How the page stands to its server. */
export type Connection =
  | { readonly kind: 'connecting'; readonly lostAt?: number }
  | { readonly kind: 'live' }
  /** Waits for the next attempt. Instants are the page's. */
  | {
      readonly kind: 'waiting';
      readonly until: number;
      readonly lostAt: number;
      readonly why: 'lost' | 'full';
    }
  /** The feed asks for a token; `isWrong`: the one that was sent is not it. */
  | { readonly kind: 'locked'; readonly isWrong: boolean };

export interface FeedHandlers {
  onHello(hello: Hello): void;
  onBatch(batch: Batch): void;
  onConnection(connection: Connection): void;
}

export interface FeedOptions {
  readonly url: string;
  readonly token: () => string | undefined;
  readonly fetch?: typeof globalThis.fetch;
  readonly random?: () => number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** The server sends a comment every 15 s; two may be lost. */
const SILENCE_MS = 40_000;

/**
 * Reads the feed for as long as the page is open. After a loss it comes back with the id of the last frame, so that the
 * server continues there; it waits 0.5 s, then twice as long each time, 10 s at the most.
 *
 * `EventSource` would do all that but send a token.
 */
export class FeedClient {
  readonly #options: FeedOptions;
  readonly #handlers: FeedHandlers;
  #lastId = '';
  #failures = 0;
  #lostAt: number | undefined;
  #attempt: AbortController | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FeedOptions, handlers: FeedHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  /** Connects, or connects anew: at once, whatever is under way. @param lastId continues after this frame instead */
  connect(lastId = this.#lastId): void {
    this.close();
    this.#lastId = lastId;
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#tell({ kind: 'connecting', ...(this.#lostAt !== undefined && { lostAt: this.#lostAt }) });
    void this.#run(attempt).then((end) => {
      if (this.#attempt === attempt) this.#ended(end);
    });
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#attempt?.abort();
    this.#attempt = undefined;
  }

  /** Until the answer ends, for whatever reason. */
  async #run(attempt: AbortController): Promise<'lost' | 'full' | 'locked'> {
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const awaitSign = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => attempt.abort(), SILENCE_MS);
    };
    try {
      awaitSign();
      const answer = await this.#request(attempt.signal);
      if (answer.status === 401) return 'locked';
      if (answer.status === 503) return 'full';
      if (!answer.ok || answer.body === null) return 'lost';
      const parser = new SseParser((event) => this.#take(event));
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || attempt.signal.aborted) return 'lost';
        awaitSign();
        parser.push(value);
      }
    } catch {
      return 'lost';
    } finally {
      clearTimeout(watchdog);
      attempt.abort();
    }
  }

  #request(signal: AbortSignal): Promise<Response> {
    const { url, token, fetch = globalThis.fetch } = this.#options;
    const bearer = token();
    const headers = {
      accept: 'text/event-stream',
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(this.#lastId !== '' && { 'last-event-id': this.#lastId }),
    };
    return fetch(url, { headers, signal, cache: 'no-store' });
  }

  #take({ type, data, id }: SseEvent): void {
    if (type === 'hello') {
      this.#failures = 0;
      this.#lostAt = undefined;
      this.#handlers.onHello(JSON.parse(data) as Hello);
      this.#tell({ kind: 'live' });
    } else if (type === 'records') {
      this.#handlers.onBatch(JSON.parse(data) as Batch);
    }
    this.#lastId = id;
  }

  #ended(end: 'lost' | 'full' | 'locked'): void {
    this.#attempt = undefined;
    if (end === 'locked') {
      this.#tell({ kind: 'locked', isWrong: this.#options.token() !== undefined });
      return;
    }
    const { random = Math.random } = this.#options;
    const grown = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    // A server that comes back is not met by all its watchers at once.
    const waitMs = grown * (0.8 + 0.2 * random());
    this.#failures += 1;
    this.#lostAt ??= Date.now();
    this.#retry = setTimeout(() => this.connect(), waitMs);
    this.#tell({ kind: 'waiting', until: Date.now() + waitMs, lostAt: this.#lostAt, why: end });
  }

  #tell(connection: Connection): void {
    this.#handlers.onConnection(connection);
  }
}
