import type { Batch, FeedRecord, Hello, PageConfig } from '../../src/inspect/protocol.ts';
import { placeHash, readPlace, type View } from './deep-link.ts';
import type { Connection } from './feed-client.ts';
import { type Filter, NO_FILTER } from './filter.ts';
import { FilteredLog } from './filtered-log.ts';
import { MOST_RECORDS, Model } from './model.ts';
import { PauseGate } from './pause-gate.ts';
import { DISBURSEMENTS, Selection } from './selection.ts';
import type { MachineActor } from './tabs.ts';

/** All that the views show and the reader chose. Whoever changes it asks for a new frame. */
export class Store {
  readonly config: PageConfig;
  readonly model = new Model();
  readonly selection = new Selection();
  readonly gate = new PauseGate(MOST_RECORDS);
  readonly lines = new FilteredLog(this.model.log, this.model.nameOf);
  connection: Connection = { kind: 'connecting' };
  view: View = 'log';
  /** The chart has the log's room as well. */
  isWide = false;
  /** Number of the record whose detail is open. */
  selectedSeq: number | undefined;
  /** Set by main: what is held back cannot be told from memory, so it is fetched again. */
  onMissed: () => void = () => undefined;
  readonly #requestFrame: () => void;
  #seenRevision = -1;

  constructor(config: PageConfig, requestFrame: () => void) {
    this.config = config;
    this.#requestFrame = requestFrame;
  }

  /** The server's time that the page shows: it stands still during a pause, and where nobody knows what happens now. */
  get now(): number {
    return this.model.serverTime(this.gate.pausedAt ?? this.lostAt ?? Date.now());
  }

  /** Since when nothing is known, on the page's clock. */
  get lostAt(): number | undefined {
    return 'lostAt' in this.connection ? this.connection.lostAt : undefined;
  }

  get isPaused(): boolean {
    return this.gate.pausedAt !== undefined;
  }

  get actor(): MachineActor | undefined {
    return this.selection.actor;
  }

  get selectedRecord(): FeedRecord | undefined {
    return this.selectedSeq === undefined ? undefined : this.model.log.find(this.selectedSeq);
  }

  hello(hello: Hello): void {
    if (!this.gate.takes({ hello })) this.model.hello(hello, Date.now());
    this.#requestFrame();
  }

  batch(batch: Batch): void {
    if (!this.gate.takes({ batch })) this.model.batch(batch, Date.now());
    this.#requestFrame();
  }

  setConnection(connection: Connection): void {
    this.connection = connection;
    this.#requestFrame();
  }

  /** Before each frame. */
  settle(): void {
    const isFollowing = this.selection.tab !== undefined && this.selection.isFollowing(this.selection.tab);
    if (this.#seenRevision === this.model.revision && !isFollowing) return;
    this.#seenRevision = this.model.revision;
    const isFirst = this.selection.tab === undefined;
    this.selection.update(this.model.actors.values(), Date.now());
    // So that "back" finds the way to where it began.
    if (isFirst && this.selection.tab !== undefined) this.#remember('replace');
  }

  togglePause(): void {
    if (!this.isPaused) {
      this.gate.pause(Date.now());
    } else {
      const { held, isTooMuch } = this.gate.resume();
      if (isTooMuch) this.onMissed();
      for (const told of held) {
        if ('hello' in told) this.model.hello(told.hello, Date.now());
        else this.model.batch(told.batch, Date.now());
      }
    }
    this.#requestFrame();
  }

  toggleWide(): void {
    this.isWide = !this.isWide;
    this.#requestFrame();
  }

  openTab(key: string): void {
    this.selection.open(key);
    this.#remember('push');
  }

  pickActor(name: string): void {
    this.selection.pick(name);
    this.#remember('push');
  }

  follow(title: string, follows: boolean): void {
    this.selection.follow(title, follows);
    this.#remember('replace');
  }

  show(view: View): void {
    this.view = view;
    this.isWide = false;
    this.#remember('push');
  }

  select(seq: number | undefined): void {
    if (seq === this.selectedSeq) return;
    const isFirst = this.selectedSeq === undefined;
    this.selectedSeq = seq;
    if (seq !== undefined) this.isWide = false;
    // Walking through the log with the arrows is one step back, not a hundred.
    this.#remember(isFirst || seq === undefined ? 'push' : 'replace');
  }

  setFilter(filter: Partial<Filter>): void {
    this.lines.filter = { ...this.lines.filter, ...filter };
    this.#remember('replace');
  }

  /** Link to what is shown now, or to this record. */
  hashOf(seq = this.selectedSeq): string {
    const { tab, key } = this.selection;
    const isPicked = tab !== undefined && key !== DISBURSEMENTS && !this.selection.isFollowing(tab);
    const actor = isPicked ? this.actor?.name : undefined;
    return placeHash({
      ...(actor !== undefined ? { actor } : key !== undefined && { tab: key }),
      ...(seq !== undefined && { event: seq }),
      view: this.view,
      q: this.lines.filter.text,
    });
  }

  /** Goes where the address says. */
  goTo(hash: string): void {
    const { actor, tab, event, view, q } = readPlace(hash);
    if (tab !== undefined) this.selection.open(tab);
    if (actor !== undefined && (actor !== this.actor?.name || this.selection.key === DISBURSEMENTS)) {
      this.selection.pick(actor);
    }
    this.selectedSeq = event;
    this.view = view ?? 'log';
    this.lines.filter = { ...this.lines.filter, text: q ?? NO_FILTER.text };
    this.#requestFrame();
  }

  #remember(how: 'push' | 'replace'): void {
    const hash = this.hashOf();
    const url = hash === '' ? location.pathname + location.search : hash;
    if (how === 'push' && hash !== location.hash) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
    this.#requestFrame();
  }
}
