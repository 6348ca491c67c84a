import type { FeedRecord } from '../../src/inspect/protocol.ts';
import { h, setAttribute, setText } from './dom.ts';
import { countText } from './format.ts';
import { indexAfter } from './list-keys.ts';
import { createLogRow, fillLogRow, ROW_HEIGHT, rowId } from './log-row.ts';
import type { Rendered } from './render-loop.ts';
import type { Store } from './store.ts';
import { VirtualList } from './virtual-list.ts';

/** One line for each record, the newest last. The list stays where the reader is, and follows at its end only. */
export class LogView implements Rendered {
  readonly #store: Store;
  readonly #list: VirtualList<HTMLElement>;
  readonly #empty = h('p', { class: 'empty' });
  readonly #toEnd = h('button', {
    type: 'button',
    class: 'button to-end',
    hidden: true,
    'data-testid': 'log-to-end',
  });
  #lines: readonly FeedRecord[] = [];
  #generation = 0;
  #removed = 0;
  #seenAtEnd = 0;
  #active: number | undefined;
  #revealed: number | undefined;

  constructor(panel: HTMLElement, bar: HTMLElement, store: Store, requestFrame: () => void) {
    this.#store = store;
    this.#list = new VirtualList({
      rowHeight: ROW_HEIGHT,
      createRow: createLogRow,
      fillRow: (row, index) => this.#fillRow(row, index),
      label: 'Log, newest last',
      onScroll: requestFrame,
      onResize: () => {
        this.#revealed = undefined;
      },
    });
    const { element } = this.#list;
    element.id = 'log';
    element.dataset['testid'] = 'log';
    panel.append(element, this.#empty);
    bar.append(this.#toEnd);
    this.#toEnd.addEventListener('click', () => {
      this.#list.scrollToEnd();
      requestFrame();
    });
    element.addEventListener('click', (event) => {
      const row = event.target instanceof Element ? event.target.closest('[data-seq]') : null;
      if (row !== null) this.#open(Number(row.getAttribute('data-seq')));
    });
    element.addEventListener('keydown', (event) => this.#onKey(event, requestFrame));
  }

  render(): void {
    if (this.#store.view !== 'log') {
      setAttribute(this.#toEnd, 'hidden', true);
      return;
    }
    const { lines, selectedSeq } = this.#store;
    this.#lines = lines.read();
    const count = this.#lines.length;
    const isOther = lines.generation !== this.#generation;
    const removed = isOther ? 0 : lines.removed - this.#removed;
    this.#generation = lines.generation;
    this.#removed = lines.removed;
    this.#seenAtEnd = isOther ? count : this.#seenAtEnd - removed;
    this.#list.setCount(count, removed);
    if (isOther && selectedSeq === undefined) this.#list.scrollToEnd();
    if (selectedSeq !== this.#revealed || (isOther && selectedSeq !== undefined)) this.#revealSelected();
    this.#list.render();
    this.#renderFrame(count);
  }

  #renderFrame(count: number): void {
    if (this.#list.isAtEnd) this.#seenAtEnd = count;
    const fresh = count - this.#seenAtEnd;
    setAttribute(this.#toEnd, 'hidden', this.#list.isAtEnd);
    setText(this.#toEnd, fresh > 0 ? `↓ ${countText(fresh)} new` : '↓ newest');
    setAttribute(this.#empty, 'hidden', count > 0);
    if (count === 0) setText(this.#empty, this.#emptyText());
    const isThere = this.#active !== undefined && document.getElementById(rowId(this.#active)) !== null;
    setAttribute(this.#list.element, 'aria-activedescendant', isThere ? rowId(this.#active ?? 0) : undefined);
  }

  #emptyText(): string {
    return this.#store.model.log.records.length === 0
      ? 'Nothing has happened yet.'
      : 'No record passes the filter. Esc in its field clears it.';
  }

  #fillRow(row: HTMLElement, index: number): void {
    const record = this.#lines[index];
    if (record === undefined) return;
    fillLogRow(row, record, {
      nameOf: this.#store.model.nameOf,
      index,
      count: this.#lines.length,
      isActive: record.seq === this.#active,
      isSelected: record.seq === this.#store.selectedSeq,
    });
  }

  #open(seq: number): void {
    this.#active = seq;
    this.#store.select(this.#store.selectedSeq === seq ? undefined : seq);
  }

  /** The row of a link, or of a line in another view. */
  #revealSelected(): void {
    const { selectedSeq } = this.#store;
    this.#revealed = selectedSeq;
    if (selectedSeq === undefined) return;
    const index = this.#indexOf(selectedSeq);
    if (index === -1) return;
    this.#active = selectedSeq;
    this.#list.hold();
    this.#list.reveal(index);
  }

  #indexOf(seq: number | undefined): number {
    return seq === undefined ? -1 : this.#lines.findIndex((line) => line.seq === seq);
  }

  #onKey(event: KeyboardEvent, requestFrame: () => void): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.key === 'Enter' || event.key === ' ') && this.#active !== undefined) {
      event.preventDefault();
      this.#open(this.#active);
      return;
    }
    const index = indexAfter(event.key, {
      index: this.#indexOf(this.#active),
      count: this.#lines.length,
      page: this.#list.rowsInSight,
    });
    const record = index === undefined ? undefined : this.#lines[index];
    if (index === undefined || record === undefined) return;
    event.preventDefault();
    this.#active = record.seq;
    this.#list.reveal(index);
    if (this.#store.selectedSeq !== undefined) this.#store.select(record.seq);
    requestFrame();
  }
}
