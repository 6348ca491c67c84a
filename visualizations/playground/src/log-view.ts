import { h, setAttribute, setText } from '../../inspector/dom.ts';
import { plural } from '../../inspector/format.ts';
import { indexAfter } from '../../inspector/list-keys.ts';
import type { Entry } from './entry.ts';
import { logRow } from './log-row.ts';
import type { Playground, Shown } from './playground.ts';

/** Rows that a key for a page moves by. */
const PAGE = 8;

/** The sequence, line by line. A line that is selected shows the breaker as it was then. */
export class LogView implements Shown {
  readonly #playground: Playground;
  readonly #count: HTMLElement;
  readonly #list = h('ol', {
    class: 'log',
    role: 'listbox',
    tabindex: 0,
    'aria-label': 'Steps of the sequence',
    'data-testid': 'log',
  });
  readonly #empty = h(
    'p',
    { class: 'empty', 'data-testid': 'log-empty' },
    'Nothing has happened yet. Send an event, let time pass, or begin with one of the sequences above.',
  );
  #rows: { readonly entry: Entry; readonly element: HTMLElement }[] = [];
  #marked: HTMLElement | undefined;
  #height = 0;

  constructor(root: HTMLElement, count: HTMLElement, playground: Playground) {
    this.#playground = playground;
    this.#count = count;
    root.append(this.#list, this.#empty);
    this.#list.addEventListener('click', (event) => {
      const row = event.target instanceof Element ? event.target.closest('[data-index]') : null;
      if (row instanceof HTMLElement) this.#select(Number(row.dataset['index']));
    });
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
  }

  render(): void {
    const { entries, selected, session } = this.#playground;
    const before = this.#rows.length;
    const isSame = this.#fill(entries);
    setText(this.#count, plural(session.scenario.steps.length, 'step'));
    setAttribute(this.#empty, 'hidden', entries.length > 0);
    setAttribute(this.#list, 'hidden', entries.length === 0);
    this.#mark(selected === undefined ? undefined : this.#rows[selected]?.element);
    const height = this.#list.clientHeight;
    if (selected === undefined && (!isSame || entries.length !== before || height !== this.#height))
      this.#list.scrollTop = this.#list.scrollHeight;
    this.#height = height;
  }

  /** Only what differs is made anew. @returns whether nothing did */
  #fill(entries: readonly Entry[]): boolean {
    const kept = entries.findIndex((entry, i) => this.#rows[i]?.entry !== entry);
    const from = kept === -1 ? entries.length : kept;
    if (from === entries.length && this.#rows.length === entries.length) return true;
    for (const { element } of this.#rows.splice(from)) element.remove();
    for (const [i, entry] of entries.entries()) {
      if (i < from) continue;
      const element = logRow(entry, i, entries[i - 1]?.step !== entry.step);
      this.#rows.push({ entry, element });
      this.#list.append(element);
    }
    return false;
  }

  #mark(row: HTMLElement | undefined): void {
    if (this.#marked !== undefined && this.#marked !== row)
      setAttribute(this.#marked, 'aria-selected', 'false');
    this.#marked = row;
    setAttribute(this.#list, 'aria-activedescendant', row?.id);
    if (row === undefined) return;
    setAttribute(row, 'aria-selected', 'true');
    row.scrollIntoView({ block: 'nearest' });
  }

  #onKey(event: KeyboardEvent): void {
    const { selected, entries } = this.#playground;
    const count = entries.length;
    if (event.key === 'Escape') this.#select(undefined);
    const to = indexAfter(event.key, { index: selected ?? -1, count, page: PAGE });
    if (to === undefined) return;
    event.preventDefault();
    this.#select(to);
  }

  /** The line that is selected already is let go. */
  #select(index: number | undefined): void {
    this.#playground.select(index === this.#playground.selected ? undefined : index);
  }
}
