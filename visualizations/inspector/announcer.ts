import { setText } from './dom.ts';
import { stateText } from './format.ts';
import type { Rendered } from './render-loop.ts';
import type { Store } from './store.ts';

/** A machine that ticks would talk without end. */
const SHORTEST_PAUSE_MS = 3_000;

/** Tells screen readers of changes of state of the selected actor, and puts the state into the window's title. */
export class Announcer implements Rendered {
  readonly #region: HTMLElement;
  readonly #store: Store;
  readonly #title: string;
  #shown = '';
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(region: HTMLElement, store: Store) {
    this.#region = region;
    this.#store = store;
    this.#title = store.config.title;
  }

  render(): void {
    const { actor } = this.#store;
    if (actor === undefined) return;
    const text = `${actor.name}: ${stateText(actor.machine.value)}${actor.status === 'active' ? '' : `, ${actor.status}`}`;
    const now = performance.now();
    if (text === this.#shown || now - this.#saidAt < SHORTEST_PAUSE_MS) return;
    const isFirst = this.#shown === '';
    this.#shown = text;
    this.#saidAt = now;
    document.title = `${text} · ${this.#title}`;
    if (!isFirst) setText(this.#region, text);
  }
}
