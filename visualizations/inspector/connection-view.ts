import { connectionText } from './connection-text.ts';
import { h, setAttribute, setText } from './dom.ts';
import { countText } from './format.ts';
import { glyph } from './icons.ts';
import type { Rendered } from './render-loop.ts';
import type { Store } from './store.ts';

/** How the page stands to its server, in words and by a shape, and the button that pauses. */
export class ConnectionView implements Rendered {
  readonly #root: HTMLElement;
  readonly #pause: HTMLButtonElement;
  readonly #store: Store;
  readonly #shape = h('span', { class: 'lamp', 'aria-hidden': 'true' });
  readonly #text = h('span', {});
  #isPaused: boolean | undefined;

  constructor(root: HTMLElement, pause: HTMLButtonElement, store: Store) {
    this.#root = root;
    this.#pause = pause;
    this.#store = store;
    root.append(this.#shape, this.#text);
    pause.addEventListener('click', () => store.togglePause());
  }

  render(): void {
    const { connection, gate, isPaused } = this.#store;
    const { kind, text } = connectionText(connection, Date.now());
    const paused = `paused: ${countText(gate.count)} new`;
    setAttribute(this.#root, 'data-state', isPaused ? 'paused' : kind);
    setText(this.#text, !isPaused ? text : kind === 'live' ? paused : `${paused}, ${text}`);
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#pause.replaceChildren(glyph(isPaused ? 'play' : 'pause'), isPaused ? 'Resume' : 'Pause');
    this.#pause.title = isPaused ? 'Show what is new (p)' : 'Stand still; nothing is lost meanwhile (p)';
    setAttribute(this.#pause, 'aria-pressed', String(isPaused));
  }
}
