import { h, setAttribute, setText } from './dom.ts';
import type { Connection } from './feed-client.ts';
import { countText, durationText } from './format.ts';
import { glyph } from './icons.ts';
import type { Rendered } from './render-loop.ts';
import type { Store } from './store.ts';

/** After that long the page says "lost", not only that it tries again. */
const LOST_AFTER_MS = 10_000;

/** How the page stands to its server, in words and by a shape, and the button that pauses. */
export class ConnectionView implements Rendered {
  readonly #root: HTMLElement;
  readonly #pause: HTMLButtonElement;
  readonly #store: Store;
  readonly #shape = h('span', { class: 'lamp', 'aria-hidden': 'true' });
  readonly #text = h('span', {});
  #isPaused: boolean | undefined;

  constructor(root: HTMLElement, pause: HTMLButtonElement, store: Store, openToken: () => void) {
    this.#root = root;
    this.#pause = pause;
    this.#store = store;
    root.append(this.#shape, this.#text);
    pause.addEventListener('click', () => store.togglePause());
    root.addEventListener('click', () => {
      if (store.connection.kind === 'locked') openToken();
    });
  }

  render(): void {
    const { connection, gate, isPaused } = this.#store;
    const { kind, text } = connectionText(connection, Date.now());
    const paused = `paused: ${countText(gate.count)} new`;
    setAttribute(this.#root, 'data-state', isPaused ? 'paused' : kind);
    setText(this.#text, !isPaused ? text : kind === 'live' ? paused : `${paused}, ${text}`);
    document.documentElement.classList.toggle('is-stale', kind === 'lost');
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#pause.replaceChildren(glyph(isPaused ? 'play' : 'pause'), isPaused ? 'Resume' : 'Pause');
    this.#pause.title = isPaused ? 'Show what is new (p)' : 'Stand still; nothing is lost meanwhile (p)';
    setAttribute(this.#pause, 'aria-pressed', String(isPaused));
  }
}

/** @param now page time */
export function connectionText(
  connection: Connection,
  now: number,
): { readonly kind: 'live' | 'trying' | 'lost' | 'locked'; readonly text: string } {
  switch (connection.kind) {
    case 'live':
      return { kind: 'live', text: 'live' };
    case 'locked':
      return { kind: 'locked', text: connection.isWrong ? 'wrong token' : 'needs a token' };
    case 'connecting': {
      const isLost = connection.lostAt !== undefined && now - connection.lostAt >= LOST_AFTER_MS;
      return isLost
        ? { kind: 'lost', text: `lost for ${durationText(now - (connection.lostAt ?? now))}, reconnecting` }
        : { kind: 'trying', text: connection.lostAt === undefined ? 'connecting' : 'reconnecting' };
    }
    case 'waiting': {
      const seconds = `in ${Math.max(1, Math.ceil((connection.until - now) / 1_000))} s`;
      if (connection.why === 'full') return { kind: 'trying', text: `too many watchers, again ${seconds}` };
      const isLost = now - connection.lostAt >= LOST_AFTER_MS;
      return isLost
        ? { kind: 'lost', text: `lost for ${durationText(now - connection.lostAt)}, again ${seconds}` }
        : { kind: 'trying', text: `reconnecting ${seconds}` };
    }
  }
}
