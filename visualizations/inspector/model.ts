import type { Batch, FeedRecord, Hello } from '../../src/inspect/protocol.ts';
import { type ActorView, actorView, afterRecord } from './actor-view.ts';
import { RecordLog } from './record-log.ts';

/** Records that the page keeps. */
export const MOST_RECORDS = 20_000;
/** Actors that are over and can still be looked at; a treasury ends hundreds of payments a minute. */
const MOST_ENDED = 200;

/**
 * All that the page knows, folded from what the feed tells: pictures of the actors and the records of the log.
 *
 * It holds no DOM and reads no clock; whoever feeds it passes the page's own time, to learn how far the server's is off.
 */
export class Model {
  readonly log = new RecordLog(MOST_RECORDS);
  #actors = new Map<string, ActorView>();
  #names = new Map<string, string>();
  #instance: string | undefined;
  #upTo = 0;
  #droppedByServer = 0;
  #clockOffset = 0;
  #order = 0;
  #revision = 0;
  #restarts = 0;

  /** Actors by id, in the order in which they appeared. */
  get actors(): ReadonlyMap<string, ActorView> {
    return this.#actors;
  }

  /** Rises with everything that is told. */
  get revision(): number {
    return this.#revision;
  }

  get instance(): string | undefined {
    return this.#instance;
  }

  /** Number of the newest record that the pictures know. */
  get upTo(): number {
    return this.#upTo;
  }

  /** How often a new server instance began the numbers anew. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Records that existed and are not held any more, by the server's history or by this page. */
  get gone(): { readonly byServer: number; readonly byPage: number } {
    return { byServer: this.#droppedByServer, byPage: this.log.removed };
  }

  /** The server's time at an instant of the page's. */
  serverTime(pageTime: number): number {
    return pageTime + this.#clockOffset;
  }

  /** Name of an actor, also of one that is over; its id when nobody told a name. */
  readonly nameOf = (id: string): string => this.#names.get(id) ?? id;

  hello(hello: Hello, pageTime: number): void {
    if (this.#instance !== undefined && this.#instance !== hello.instance) this.#restarts += 1;
    if (this.#instance !== hello.instance) {
      this.log.clear();
      this.#names.clear();
      this.#actors.clear();
      this.#droppedByServer = 0;
    }
    this.#instance = hello.instance;
    this.#clockOffset = hello.now - pageTime;
    this.#droppedByServer += hello.dropped;
    this.#upTo = hello.upTo;
    this.#takePictures(hello);
    for (const { id, name } of hello.actors) this.#names.set(id, name);
    this.#revision += 1;
  }

  /** Records up to the newest that the pictures know are for the log only. */
  batch({ now, records }: Batch, pageTime: number): void {
    // The smallest delay on the way gives the best reading of the server's clock.
    this.#clockOffset = Math.max(this.#clockOffset, now - pageTime);
    for (const record of records) {
      if (record.seq > this.#upTo) this.#fold(record);
      else if (record.kind === 'started') this.#noteStart(record);
    }
    this.#upTo = Math.max(this.#upTo, records.at(-1)?.seq ?? 0);
    this.#keep(records);
    this.#forgetEnded();
    this.#revision += 1;
  }

  /** Actors keep their place when the connection comes back; what has ended meanwhile stays as ended. */
  #takePictures(hello: Hello): void {
    const told = new Set(hello.actors.map(({ id }) => id));
    for (const actor of this.#actors.values()) {
      if (told.has(actor.id) || actor.status !== 'active') continue;
      this.#actors.set(actor.id, { ...actor, status: 'stopped' });
    }
    for (const picture of hello.actors) {
      const known = this.#actors.get(picture.id);
      // Of one that ended long ago the server keeps no more than the name.
      if (picture.machine === undefined && known?.machine !== undefined) continue;
      const view = actorView(picture, hello.now, known?.order ?? ++this.#order);
      this.#actors.set(
        picture.id,
        known?.startedAt === undefined ? view : { ...view, startedAt: known.startedAt },
      );
    }
  }

  #fold(record: FeedRecord): void {
    if (record.kind === 'started') {
      this.#names.set(record.actor, record.picture.name);
      const view = actorView(record.picture, record.at, ++this.#order);
      this.#actors.set(record.actor, { ...view, startedAt: record.at });
      return;
    }
    if (record.kind === 'renamed') this.#names.set(record.actor, record.name);
    const actor = this.#actors.get(record.actor);
    if (actor !== undefined) this.#actors.set(record.actor, afterRecord(actor, record, this.nameOf));
  }

  /** An actor that the pictures know already: only when it began is news. */
  #noteStart({ actor: id, at, picture }: Extract<FeedRecord, { kind: 'started' }>): void {
    if (!this.#names.has(id)) this.#names.set(id, picture.name);
    const actor = this.#actors.get(id);
    if (actor !== undefined && actor.startedAt === undefined)
      this.#actors.set(id, { ...actor, startedAt: at });
  }

  #keep(records: readonly FeedRecord[]): void {
    for (const removed of this.log.push(records)) {
      if (removed.kind === 'ended' && !this.#actors.has(removed.actor)) this.#names.delete(removed.actor);
    }
  }

  #forgetEnded(): void {
    if (this.#actors.size <= MOST_ENDED) return;
    const ended = [...this.#actors.values()].filter(({ status }) => status !== 'active');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) this.#actors.delete(id);
  }
}
