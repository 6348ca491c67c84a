import { h, setAttribute } from './dom.ts';

export interface VirtualListOptions<Row extends HTMLElement> {
  readonly rowHeight: number;
  readonly createRow: () => Row;
  readonly fillRow: (row: Row, index: number) => void;
  readonly label: string;
  readonly onScroll: () => void;
  /** It is taller or lower now, and the reader is not at its end. */
  readonly onResize: () => void;
}

const MORE_ROWS = 6;

/**
 * A list of rows of the same height of which only those in sight exist. It stays at its end while the reader is there;
 * elsewhere new rows move nothing.
 */
export class VirtualList<Row extends HTMLElement> {
  readonly element: HTMLDivElement;
  readonly #options: VirtualListOptions<Row>;
  readonly #space = h('div', { class: 'rows', role: 'presentation' });
  readonly #rows: Row[] = [];
  #count = 0;
  #isAtEnd = true;
  #height = 0;

  constructor(options: VirtualListOptions<Row>) {
    this.#options = options;
    this.element = h(
      'div',
      { class: 'list', role: 'listbox', tabindex: 0, 'aria-label': options.label },
      this.#space,
    );
    this.element.addEventListener('scroll', () => {
      const { scrollTop, clientHeight } = this.element;
      this.#isAtEnd = scrollTop + clientHeight >= this.#count * options.rowHeight - options.rowHeight / 2;
      options.onScroll();
    });
    new ResizeObserver(() => {
      this.#height = this.element.clientHeight;
      if (this.#isAtEnd) this.scrollToEnd();
      else options.onResize();
      options.onScroll();
    }).observe(this.element);
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd || this.#count * this.#options.rowHeight <= this.#height;
  }

  /** @param removed rows that went from the front since the last time: what is in sight stays in sight */
  setCount(count: number, removed = 0): void {
    const { rowHeight } = this.#options;
    if (count !== this.#count) {
      this.#count = count;
      this.#space.style.height = `${count * rowHeight}px`;
    }
    if (this.#isAtEnd) this.scrollToEnd();
    else if (removed > 0) this.element.scrollTop -= removed * rowHeight;
  }

  scrollToEnd(): void {
    this.#isAtEnd = true;
    const top = Math.max(0, this.#count * this.#options.rowHeight - this.#height);
    if (Math.abs(this.element.scrollTop - top) > 1) this.element.scrollTop = top;
  }

  /** Follows no more, though the reader is at the end: somebody reads a line. */
  hold(): void {
    this.#isAtEnd = false;
  }

  /** As little as needed to bring the row into sight. */
  reveal(index: number): void {
    const { rowHeight } = this.#options;
    const top = index * rowHeight;
    const { scrollTop } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > scrollTop + this.#height)
      this.element.scrollTop = top + rowHeight - this.#height;
  }

  get rowsInSight(): number {
    return Math.max(1, Math.floor(this.#height / this.#options.rowHeight));
  }

  render(): void {
    const { rowHeight, createRow, fillRow } = this.#options;
    const first = Math.max(0, Math.floor(this.element.scrollTop / rowHeight) - MORE_ROWS);
    const last = Math.min(this.#count, first + this.rowsInSight + 1 + 2 * MORE_ROWS);
    const needed = Math.max(0, last - first);
    while (this.#rows.length < needed) {
      const row = createRow();
      this.#rows.push(row);
      this.#space.append(row);
    }
    // A row keeps its element while it is in sight: index modulo their number.
    const size = this.#rows.length;
    const used = new Set<number>();
    for (let index = first; index < last; index += 1) {
      const slot = index % size;
      const row = this.#rows[slot];
      if (row === undefined) continue;
      used.add(slot);
      setAttribute(row, 'hidden', false);
      row.style.transform = `translateY(${index * rowHeight}px)`;
      fillRow(row, index);
    }
    for (const [slot, row] of this.#rows.entries()) if (!used.has(slot)) setAttribute(row, 'hidden', true);
  }
}
