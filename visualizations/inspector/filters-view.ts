import { h, setAttribute, setText } from './dom.ts';
import { KINDS, type Kind, NO_FILTER } from './filter.ts';
import { countText, plural } from './format.ts';
import type { Rendered } from './render-loop.ts';
import type { Store } from './store.ts';
import { hasMachine } from './tabs.ts';

const KIND_WORDS: { readonly [kind in Kind]: string } = {
  all: 'everything',
  changes: 'state changes',
  refused: 'came to nothing',
};
const MOST_NAMES = 60;

/** The fields above the log, and how much of it they let pass. */
export class FiltersView implements Rendered {
  readonly #store: Store;
  readonly #bar: HTMLElement;
  readonly #count: HTMLElement;
  readonly #gone: HTMLElement;
  readonly #text = h('input', {
    type: 'search',
    id: 'filter',
    placeholder: 'Filter  ( / )',
    'aria-label': 'Text: type, actor, reason, ids',
    spellcheck: 'false',
    autocomplete: 'off',
    'data-testid': 'filter',
  });
  readonly #actor = h('select', { id: 'filter-actor', 'aria-label': 'Actor', 'data-testid': 'filter-actor' });
  readonly #kind = h('select', { id: 'filter-kind', 'aria-label': 'Kind', 'data-testid': 'filter-kind' });
  readonly #internal = h('input', {
    type: 'checkbox',
    id: 'filter-internal',
    'data-testid': 'filter-internal',
  });
  #names: string | undefined;

  constructor(bar: HTMLElement, count: HTMLElement, gone: HTMLElement, store: Store) {
    this.#store = store;
    this.#bar = bar;
    this.#count = count;
    this.#gone = gone;
    for (const kind of KINDS) this.#kind.append(h('option', { value: kind }, KIND_WORDS[kind]));
    bar.append(
      this.#text,
      this.#actor,
      this.#kind,
      h(
        'label',
        { class: 'check', title: "XState's own bookkeeping: promises, their results, starts" },
        this.#internal,
        'internal',
      ),
    );
    this.#text.addEventListener('input', () => store.setFilter({ text: this.#text.value }));
    this.#actor.addEventListener('change', () => store.setFilter({ actor: this.#actor.value }));
    this.#kind.addEventListener('change', () => store.setFilter({ kind: this.#kind.value as Kind }));
    this.#internal.addEventListener('change', () =>
      store.setFilter({ showsInternal: this.#internal.checked }),
    );
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      if (this.#isFiltering) store.setFilter(NO_FILTER);
      else document.getElementById(store.view === 'log' ? 'log' : 'tab-sequence')?.focus();
    });
  }

  get #isFiltering(): boolean {
    const { text, actor, kind } = this.#store.lines.filter;
    return text !== '' || actor !== '' || kind !== 'all';
  }

  render(): void {
    const { lines, view } = this.#store;
    const isContext = view === 'context';
    setAttribute(this.#bar, 'hidden', isContext);
    const { text, actor, kind, showsInternal } = lines.filter;
    this.#renderNames(actor);
    if (this.#text.value !== text) this.#text.value = text;
    if (this.#actor.value !== actor) this.#actor.value = actor;
    if (this.#kind.value !== kind) this.#kind.value = kind;
    if (this.#internal.checked !== showsInternal) this.#internal.checked = showsInternal;
    this.#bar.classList.toggle('is-filtering', this.#isFiltering);
    setText(this.#count, isContext ? '' : this.#countText());
    this.#renderGone(isContext);
  }

  #countText(): string {
    const { lines, model } = this.#store;
    const shown = lines.read().length;
    const all = model.log.records.length;
    return shown === all ? plural(all, 'record') : `${countText(shown)} of ${countText(all)}`;
  }

  #renderGone(isContext: boolean): void {
    const { gone, restarts } = this.#store.model;
    const all = gone.byServer + gone.byPage;
    const texts = [
      ...(restarts > 0 ? ['The server was started anew; the log begins there.'] : []),
      ...(all > 0 ? [`${plural(all, 'older record')} ${all === 1 ? 'is' : 'are'} gone.`] : []),
    ];
    setAttribute(this.#gone, 'hidden', texts.length === 0 || isContext);
    setText(this.#gone, texts.join(' '));
    this.#gone.title = `History drops its oldest records: ${countText(gone.byServer)} by the server, ${countText(gone.byPage)} by this page.`;
  }

  /** Actors with charts, those of long standing first; the one that is filtered for stays even when it is gone. */
  #renderNames(chosen: string): void {
    const { selection } = this.#store;
    const names = selection.tabs.flatMap((tab) => tab.actors.filter(hasMachine).map(({ name }) => name));
    const shown = [...new Set([...names.slice(0, MOST_NAMES), ...(chosen === '' ? [] : [chosen])])];
    const key = shown.join('\n');
    // A list that is open must not change under the pointer.
    if (key === this.#names || document.activeElement === this.#actor) return;
    this.#names = key;
    this.#actor.replaceChildren(
      h('option', { value: '' }, 'all actors'),
      ...shown.map((name) => h('option', { value: name }, name)),
    );
    this.#actor.value = chosen;
  }
}
