import { VIEWS, type View } from './deep-link.ts';
import { byId, h, setAttribute } from './dom.ts';
import type { Rendered } from './render-loop.ts';
import type { Store } from './store.ts';
import { moveBetweenTabs } from './tab-keys.ts';

const WORDS: { readonly [view in View]: string } = { log: 'Log', sequence: 'Sequence', context: 'Context' };

/** Log, sequence and context share one place. */
export class ViewTabs implements Rendered {
  readonly #store: Store;
  readonly #tabs: ReadonlyMap<View, HTMLButtonElement>;

  constructor(list: HTMLElement, store: Store) {
    this.#store = store;
    this.#tabs = new Map(
      VIEWS.map((view) => {
        const tab = h(
          'button',
          {
            type: 'button',
            role: 'tab',
            class: 'view-tab',
            id: `tab-${view}`,
            'aria-controls': `${view}-panel`,
            'data-testid': `view-${view}`,
          },
          WORDS[view],
        );
        tab.addEventListener('click', () => store.show(view));
        list.append(tab);
        return [view, tab];
      }),
    );
    moveBetweenTabs(list);
  }

  render(): void {
    for (const [view, tab] of this.#tabs) {
      const isOpen = view === this.#store.view;
      setAttribute(tab, 'aria-selected', String(isOpen));
      setAttribute(tab, 'tabindex', isOpen ? 0 : -1);
      setAttribute(byId(`${view}-panel`), 'hidden', !isOpen);
    }
  }
}
