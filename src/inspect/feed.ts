import type { ServerResponse } from 'node:http';
import { type Follower, Followers } from './followers.ts';
import type { History } from './history.ts';
import type { Batch, Hello } from './protocol.ts';
import type { Recorder } from './recorder.ts';

/** How a feed treats its pages. All but the records in milliseconds. */
export interface FeedLimits {
  /** Records come to the pages together: a person sees no difference, and fifty pages cost fifty writes. */
  readonly flushMs: number;
  /** So often a silent connection says that it is alive. */
  readonly heartbeatMs: number;
  /** A page that takes nothing for so long is cut; if it lives, it comes back and continues. */
  readonly stuckMs: number;
  /** Records of one frame: what is written at once, and so the most that waits for a page that does not read. */
  readonly frameRecords: number;
}

const LIMITS: FeedLimits = { flushMs: 20, heartbeatMs: 15_000, stuckMs: 30_000, frameRecords: 100 };

interface Client {
  readonly response: ServerResponse;
  /** Number of the last record that was written to it. */
  seq: number;
  /** Its pictures are as after this record. Gaps before it are told and harmless; behind it they need new pictures. */
  upTo: number;
  /** Since when its connection is full; `undefined` while it takes more. By `performance.now`. */
  fullSince: number | undefined;
}

/**
 * The pages that watch, over server-sent events.
 *
 * Each has a place in the history and is written to only while its connection takes more. So a page that does not read
 * costs one frame of memory and no time; what it missed is still in the history, or is told to be gone.
 */
export class Feed {
  readonly #instance = crypto.randomUUID().slice(0, 8);
  readonly #history: History;
  readonly #recorder: Recorder;
  readonly #limits: FeedLimits;
  readonly #clients = new Set<Client>();
  readonly #followers: Followers;
  /** Frames of this flush: most pages are at the same place. */
  readonly #frames = new Map<number, { readonly text: string; readonly upTo: number }>();
  #flushTimer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** @param onError hears what a follower throws */
  constructor(
    history: History,
    recorder: Recorder,
    limits: Partial<FeedLimits> = {},
    onError: (error: unknown) => void = () => {},
  ) {
    this.#history = history;
    this.#recorder = recorder;
    this.#limits = { ...LIMITS, ...limits };
    this.#followers = new Followers(history, (seq) => this.#hello(seq), onError);
  }

  /** Nobody is taken any more. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Pages whose connections are full. */
  get waiting(): number {
    return [...this.#clients].filter(({ fullSince }) => fullSince !== undefined).length;
  }

  /** Something was recorded. */
  poke(): void {
    const hasReaders = this.#clients.size > 0 || this.#followers.size > 0;
    if (!hasReaders || this.#flushTimer !== undefined) return;
    this.#flushTimer = setTimeout(() => {
      this.#flushTimer = undefined;
      this.#flush();
    }, this.#limits.flushMs);
    this.#flushTimer.unref();
  }

  /** @param lastEventId what the page has already, as it says after a reconnect */
  add(response: ServerResponse, lastEventId: string | undefined): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    const client: Client = { response, seq: this.#placeOf(lastEventId), upTo: 0, fullSince: undefined };
    this.#clients.add(client);
    response.on('close', () => this.#remove(client));
    response.on('error', () => this.#remove(client));
    response.on('drain', () => {
      client.fullSince = undefined;
      this.#recorder.publish();
      this.#serve(client);
      this.#frames.clear();
    });
    this.#heartbeat ??= setInterval(() => this.#beat(), this.#limits.heartbeatMs).unref();
    this.#recorder.publish();
    this.#greet(client);
    this.#serve(client);
    this.#frames.clear();
  }

  /** Everything as it is now at once, and then what is recorded. The result ends it. */
  follow(follower: Follower): () => void {
    if (this.#isStopped) return () => {};
    this.#recorder.publish();
    return this.#followers.add(follower);
  }

  /** Ends every connection. One that is full would wait for its reader for ever, and hold the process. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#flushTimer);
    clearInterval(this.#heartbeat);
    for (const { response, fullSince } of this.#clients) {
      if (fullSince === undefined) response.end();
      else response.destroy();
    }
    this.#clients.clear();
    this.#followers.clear();
  }

  #flush(): void {
    this.#recorder.publish();
    for (const client of this.#clients) this.#serve(client);
    this.#frames.clear();
    this.#followers.serve();
  }

  #remove(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  #placeOf(lastEventId: string | undefined): number {
    const [, instance, seq] = /^([0-9a-f]{8})\.(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
    return instance === this.#instance ? Math.min(Number(seq), this.#history.last) : 0;
  }

  /** Everything as it is now. */
  #greet(client: Client): void {
    const hello = this.#hello(client.seq);
    client.upTo = hello.upTo;
    this.#write(client, this.#event('hello', client.seq, hello));
  }

  #hello(seq: number): Hello {
    // A picture may tell of an end, which is a record of its own.
    const actors = this.#recorder.pictures();
    return {
      instance: this.#instance,
      now: Date.now(),
      actors,
      upTo: this.#history.last,
      dropped: this.#history.droppedSince(seq),
    };
  }

  /** Writes what the client has not had, as much as its connection takes. */
  #serve(client: Client): void {
    if (client.fullSince !== undefined) return;
    const isLost = this.#history.droppedSince(Math.max(client.seq, client.upTo)) > 0;
    if (isLost) this.#greet(client);
    while (client.fullSince === undefined && client.seq < this.#history.last) {
      const { text, upTo } = this.#frame(client.seq);
      client.seq = upTo;
      this.#write(client, text);
    }
  }

  #frame(seq: number): { readonly text: string; readonly upTo: number } {
    const made = this.#frames.get(seq);
    if (made !== undefined) return made;
    const records = this.#history.since(seq, this.#limits.frameRecords);
    const upTo = records.at(-1)?.seq ?? this.#history.last;
    const batch: Batch = { now: Date.now(), records };
    const frame = { text: this.#event('records', upTo, batch), upTo };
    this.#frames.set(seq, frame);
    return frame;
  }

  #event(name: string, seq: number, data: Hello | Batch): string {
    return `id: ${this.#instance}.${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #write(client: Client, text: string): void {
    if (!client.response.write(text)) client.fullSince = performance.now();
  }

  #beat(): void {
    const now = performance.now();
    for (const client of this.#clients) {
      const { response, fullSince } = client;
      if (fullSince === undefined) this.#write(client, ':\n\n');
      else if (now - fullSince > this.#limits.stuckMs) response.destroy();
    }
  }
}
