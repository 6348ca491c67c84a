import { type ContextLine, contextLines } from './context-diff.ts';
import { h, setAttribute, setText } from './dom.ts';
import { clockText, plural, shownText } from './format.ts';
import type { Rendered } from './render-loop.ts';
import type { Store } from './store.ts';

/** Longer lists, such as a policy that never changes, are closed until somebody opens them. */
const MOST_OPEN = 6;

/** The selected actor's context as a tree; what the newest event changed is marked, with the old value beside it. */
export class ContextView implements Rendered {
  readonly #store: Store;
  readonly #note = h('p', { class: 'context-note muted', 'data-testid': 'context-note' });
  readonly #tree = h('div', {
    class: 'tree',
    role: 'tree',
    'aria-label': 'Context',
    'data-testid': 'context',
  });
  readonly #hidden = h('p', { class: 'context-note muted', 'data-testid': 'hidden-fields' });
  /** What somebody opened or closed, by actor name and path. */
  readonly #choices = new Map<string, boolean>();
  readonly #rows = new Map<string, HTMLElement>();
  #focused = '';
  #shown: unknown;

  constructor(panel: HTMLElement, store: Store) {
    this.#store = store;
    panel.append(this.#note, this.#tree, this.#hidden);
    this.#tree.addEventListener('click', (event) => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-path]') : null;
      if (row !== null) this.#toggle(row);
    });
    this.#tree.addEventListener('keydown', (event) => this.#onKey(event));
  }

  render(): void {
    const { actor, view } = this.#store;
    if (view !== 'context') return;
    const machine = actor?.machine;
    if (this.#shown === machine?.context && this.#shown !== undefined) return;
    this.#shown = machine?.context;
    const before = machine?.contextBefore;
    const lines = machine === undefined ? [] : contextLines(machine.context, before?.fields);
    this.#renderLines(lines);
    const record = before === undefined ? undefined : this.#store.model.log.find(before.seq);
    setText(
      this.#note,
      actor === undefined
        ? 'No actor is selected.'
        : lines.length === 0
          ? `${actor.name} shows no context.`
          : record === undefined
            ? `${actor.name}: nothing changed since this page looks.`
            : `${actor.name}: marked is what changed at ${clockText(record.at, true)}.`,
    );
    const hidden = machine?.hiddenFields ?? 0;
    setText(
      this.#hidden,
      hidden === 0 ? '' : `${plural(hidden, 'field')} ${hidden === 1 ? 'is' : 'are'} not shown.`,
    );
  }

  #renderLines(lines: readonly ContextLine[]): void {
    const sizes = new Map<string, number>();
    for (const { path } of lines) {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')));
      sizes.set(parent, (sizes.get(parent) ?? 0) + 1);
    }
    const closed: string[] = [];
    const rows: HTMLElement[] = [];
    for (const line of lines) {
      if (closed.some((path) => line.path.startsWith(`${path}.`))) continue;
      const isOpen = line.isBranch && this.#isOpen(line, sizes.get(line.path) ?? 0);
      if (line.isBranch && !isOpen) closed.push(line.path);
      rows.push(this.#row(line, isOpen));
    }
    const stale = new Set(this.#rows.keys());
    for (const row of rows) stale.delete(row.dataset['path'] ?? '');
    for (const path of stale) {
      this.#rows.get(path)?.remove();
      this.#rows.delete(path);
    }
    for (const [i, row] of rows.entries()) {
      if (this.#tree.children[i] !== row) this.#tree.insertBefore(row, this.#tree.children[i] ?? null);
    }
    if (!this.#rows.has(this.#focused)) this.#focused = rows[0]?.dataset['path'] ?? '';
    for (const row of rows) setAttribute(row, 'tabindex', row.dataset['path'] === this.#focused ? 0 : -1);
  }

  /** The same element for the same path, so that the focus stays. */
  #row(line: ContextLine, isOpen: boolean): HTMLElement {
    const { path, key, depth, value, isBranch, change, before } = line;
    const row = this.#rows.get(path) ?? h('div', { role: 'treeitem', 'data-path': path });
    this.#rows.set(path, row);
    setAttribute(row, 'aria-level', depth + 1);
    setAttribute(row, 'aria-expanded', isBranch ? String(isOpen) : undefined);
    row.className = `field${change === undefined ? '' : ` is-${change}`}`;
    row.style.paddingLeft = `${10 + depth * 16}px`;
    const size = isBranch ? Object.keys(value as object).length : 0;
    const text = !isBranch
      ? shownText(value, 300)
      : Array.isArray(value)
        ? plural(size, 'element')
        : plural(size, 'field');
    row.replaceChildren(
      h('span', { class: 'twisty', 'aria-hidden': 'true' }, isBranch ? (isOpen ? '▾' : '▸') : ''),
      h('span', { class: 'key' }, key),
      h(
        'span',
        { class: isBranch ? 'muted' : `value value-${value === null ? 'null' : typeof value}` },
        text,
      ),
      ...(change === undefined || change === 'inside'
        ? []
        : [h('span', { class: 'mark' }, change === 'new' ? 'new' : 'changed')]),
      ...(change === 'changed' && before !== undefined
        ? [h('span', { class: 'was' }, 'was ', h('s', {}, shownText(before, 80)))]
        : []),
    );
    return row;
  }

  #isOpen({ path, change }: ContextLine, size: number): boolean {
    return this.#choices.get(this.#choiceKey(path)) ?? (size <= MOST_OPEN || change === 'inside');
  }

  #choiceKey(path: string): string {
    return `${this.#store.actor?.machine.id ?? ''} ${path}`;
  }

  #toggle(row: HTMLElement): void {
    const path = row.dataset['path'] ?? '';
    this.#focus(row);
    const expanded = row.getAttribute('aria-expanded');
    if (expanded === null) return;
    this.#choices.set(this.#choiceKey(path), expanded !== 'true');
    this.#shown = undefined;
    this.render();
  }

  #focus(row: HTMLElement): void {
    this.#rows.get(this.#focused)?.setAttribute('tabindex', '-1');
    this.#focused = row.dataset['path'] ?? '';
    row.setAttribute('tabindex', '0');
    row.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-path]') : null;
    if (row === null) return;
    const rows = [...this.#tree.children] as HTMLElement[];
    const index = rows.indexOf(row);
    const expanded = row.getAttribute('aria-expanded');
    const level = Number(row.getAttribute('aria-level'));
    const move = (to: HTMLElement | undefined): void => {
      if (to !== undefined) this.#focus(to);
    };
    if (event.key === 'ArrowDown') move(rows[index + 1]);
    else if (event.key === 'ArrowUp') move(rows[index - 1]);
    else if (event.key === 'Home') move(rows[0]);
    else if (event.key === 'End') move(rows.at(-1));
    else if (event.key === 'Enter' || event.key === ' ') this.#toggle(row);
    else if (event.key === 'ArrowRight' && expanded === 'false') this.#toggle(row);
    else if (event.key === 'ArrowRight' && expanded === 'true') move(rows[index + 1]);
    else if (event.key === 'ArrowLeft' && expanded === 'true') this.#toggle(row);
    else if (event.key === 'ArrowLeft')
      move(rows.slice(0, index).findLast((one) => Number(one.getAttribute('aria-level')) < level));
    else return;
    event.preventDefault();
  }
}
