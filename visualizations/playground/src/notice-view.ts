import { h, setAttribute, setText } from '../../inspector/dom.ts';
import { button } from './button.ts';
import type { Playground, Shown } from './playground.ts';

/** What could not be done, and why. */
export class NoticeView implements Shown {
  readonly #playground: Playground;
  readonly #root: HTMLElement;
  readonly #text = h('span', { 'data-testid': 'notice' });

  constructor(root: HTMLElement, playground: Playground) {
    this.#root = root;
    this.#playground = playground;
    root.append(
      this.#text,
      button('Close', { class: 'small' }, () => playground.complain('')),
    );
  }

  render(): void {
    const { notice } = this.#playground;
    setAttribute(this.#root, 'hidden', notice === '');
    setText(this.#text, notice);
  }
}
