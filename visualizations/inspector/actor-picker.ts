import { h, setAttribute, setText } from './dom.ts';
import type { Rendered } from './render-loop.ts';
import type { Store } from './store.ts';
import { isCrowd, type MachineActor, type MachineTab } from './tabs.ts';

const MOST = 200;

/** Chooses among the actors of one tab, or follows the latest of them. */
export class ActorPicker implements Rendered {
  readonly #store: Store;
  readonly #root: HTMLElement;
  readonly #select = h('select', {
    id: 'actor-picker',
    'aria-label': 'Actor',
    'data-testid': 'actor-picker',
  });
  readonly #follow = h('input', { type: 'checkbox', id: 'follow', 'data-testid': 'follow' });
  readonly #choice: HTMLElement;
  readonly #only = h('span', { class: 'only' });
  #shown = '';

  constructor(root: HTMLElement, store: Store) {
    this.#root = root;
    this.#store = store;
    this.#choice = h(
      'span',
      { class: 'choice' },
      this.#select,
      h('label', { class: 'check' }, this.#follow, 'follow the latest'),
    );
    root.append(this.#choice, this.#only);
    this.#select.addEventListener('change', () => store.pickActor(this.#select.value));
    this.#follow.addEventListener('change', () => {
      const { tab } = store.selection;
      if (tab !== undefined) store.follow(tab.title, this.#follow.checked);
    });
  }

  render(): void {
    const { selection, actor } = this.#store;
    const { tab } = selection;
    const hasChoice = tab !== undefined && isCrowd(tab);
    setAttribute(this.#choice, 'hidden', !hasChoice);
    setAttribute(this.#only, 'hidden', hasChoice);
    setText(this.#only, actor === undefined ? '' : actor.name);
    if (tab === undefined || !hasChoice) return;
    this.#follow.checked = selection.isFollowing(tab);
    this.#renderNames(tab);
    if (actor !== undefined && this.#select.value !== actor.name && document.activeElement !== this.#select) {
      this.#select.value = actor.name;
    }
    this.#root.classList.toggle('is-following', this.#follow.checked);
  }

  #renderNames({ actors }: MachineTab): void {
    const shown = actors.slice(0, MOST);
    const key = shown.map(({ name, status }) => `${name} ${status}`).join('\n');
    if (key === this.#shown || document.activeElement === this.#select) return;
    this.#shown = key;
    const live = shown.filter(({ status }) => status === 'active');
    const ended = shown.filter(({ status }) => status !== 'active');
    this.#select.replaceChildren(
      ...group(`live (${live.length})`, live),
      ...group(`ended (${ended.length})`, ended),
    );
  }
}

const group = (label: string, actors: readonly MachineActor[]): readonly HTMLElement[] =>
  actors.length === 0
    ? []
    : [h('optgroup', { label }, ...actors.map(({ name }) => h('option', { value: name }, name)))];
