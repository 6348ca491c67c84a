import { h, setAttribute, setText } from './dom.ts';
import type { newStateText } from './format.ts';
import { shapeIcon } from './icons.ts';
import type { Rendered } from './render-loop.ts';
import { DISBURSEMENTS } from './selection.ts';
import { lookOf } from './state-look.ts';
import type { Store } from './store.ts';
import { moveBetweenTabs } from './tab-keys.ts';
import type { MachineTab } from './tabs.ts';

interface TabParts {
  readonly tab: HTMLButtonElement;
  readonly badge: HTMLElement;
  shown: string;
}

/** One tab for each machine, with the state that it is in, so that one look tells of all; and the disbursements. */
export class MachineTabs implements Rendered {
  readonly #list: HTMLElement;
  readonly #store: Store;
  readonly #tabs = new Map<string, TabParts>();

  constructor(list: HTMLElement, store: Store) {
    this.#list = list;
    this.#store = store;
    moveBetweenTabs(list);
  }

  /** Opens the tab with this place in the row, from 1 on. */
  openNumber(number: number): void {
    const [...parts] = this.#tabs.values();
    parts[number - 1]?.tab.click();
  }

  render(): void {
    const { selection, config } = this.#store;
    for (const tab of selection.tabs) this.#renderBadge(this.#parts(tab.title, tab.title), tab);
    if (config.hasDisbursements && selection.tabs.length > 0) this.#parts(DISBURSEMENTS, 'disbursements');
    for (const [key, { tab }] of this.#tabs) {
      const isOpen = key === selection.key;
      setAttribute(tab, 'aria-selected', String(isOpen));
      setAttribute(tab, 'tabindex', isOpen ? 0 : -1);
      if (isOpen) setAttribute(document.getElementById('stage') as HTMLElement, 'aria-labelledby', tab.id);
    }
  }

  #parts(key: string, title: string): TabParts {
    const known = this.#tabs.get(key);
    if (known !== undefined) return known;
    const badge = h('span', { class: 'tab-state' });
    const tab = h(
      'button',
      {
        type: 'button',
        role: 'tab',
        class: 'tab',
        id: `tab-machine-${this.#tabs.size + 1}`,
        'aria-controls': 'stage',
        'data-testid': `tab-${title}`,
      },
      h('span', { class: 'tab-title' }, title),
      badge,
    );
    tab.addEventListener('click', () => this.#store.openTab(key));
    const parts = { tab, badge, shown: '' };
    this.#tabs.set(key, parts);
    // The disbursements stay last, also when another machine appears later.
    const last = this.#tabs.get(DISBURSEMENTS)?.tab;
    this.#list.insertBefore(tab, key === DISBURSEMENTS ? null : (last ?? null));
    return parts;
  }

  #renderBadge(parts: TabParts, tab: MachineTab): void {
    const live = tab.actors.filter(({ status }) => status === 'active');
    const [only] = live.length === 0 ? tab.actors : live;
    const isOne = live.length <= 1 && only !== undefined && (tab.actors.length === 1 || live.length === 1);
    const look = isOne ? lookOf(only.machine.value, only.status) : undefined;
    const text = isOne ? tabStateText(only.machine.value) : `${live.length} live`;
    const key = `${look?.shape} ${text}`;
    if (key === parts.shown) return;
    parts.shown = key;
    parts.badge.className = `tab-state${look === undefined ? '' : ` tone-${look.tone}`}`;
    parts.badge.replaceChildren(
      ...(look === undefined ? [] : [shapeIcon(look)]),
      h('span', { class: 'tab-word' }, text),
    );
    setText(parts.badge.lastElementChild as HTMLElement, text);
  }
}

/** The outermost word is enough here: the inner ones change many times a second. */
const tabStateText = (value: Parameters<typeof newStateText>[1]): string =>
  typeof value === 'string' ? value : Object.keys(value).join(', ');
