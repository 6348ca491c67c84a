import { printable } from './printable.ts';

/** One column of a table. */
export interface TableColumn<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'right';
  /**
   * The width down to which it may be cut on a narrow terminal. Without one it is always whole: half an amount is
   * another amount.
   */
  readonly shrinkTo?: number;
  /** The width that the column takes at most; a wider cell pushes out the rest of its own line, not of every line. */
  readonly widest?: number;
  /** Cut out the middle instead of the end: the two ends of an address or an id tell it apart. */
  readonly cut?: 'middle';
}

/** Takes two cells on a terminal. An approximation: terminals do not agree either. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
const COMBINING = /\p{M}/u;
const GAP = '  ';

const characterWidth = (character: string): number => {
  if (character >= ' ' && character <= '~') return 1;
  return COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
};

const textWidth = (text: string): number => [...text].reduce((sum, each) => sum + characterWidth(each), 0);

/** As many characters, from the first on, as fit. */
function takeWidth(characters: readonly string[], width: number): string[] {
  let used = 0;
  const end = characters.findIndex((character) => {
    used += characterWidth(character);
    return used > width;
  });
  return end === -1 ? [...characters] : characters.slice(0, end);
}

function shorten(text: string, width: number, cut: 'middle' | undefined): string {
  if (textWidth(text) <= width) return text;
  const tailWidth = cut === undefined ? 0 : Math.floor((width - 1) / 2);
  const head = takeWidth([...text], width - 1 - tailWidth);
  const tail = takeWidth([...text].reverse(), tailWidth).reverse();
  return [...head, '…', ...tail].join('');
}

/**
 * A table whose rows come in pages: the first page sets the widths and later ones are cut to them, so that a million
 * rows need not be held to print the first.
 */
export class Table<Row> {
  readonly #columns: readonly TableColumn<Row>[];
  readonly #terminalWidth: number;
  #widths: readonly number[] | undefined;

  /** Columns that may shrink do so from the last to the first. */
  constructor(columns: readonly TableColumn<Row>[], terminalWidth: number) {
    this.#columns = columns;
    this.#terminalWidth = terminalWidth;
  }

  /** The lines of one page; the first page begins with the titles. */
  format(rows: readonly Row[]): string[] {
    const cells = rows.map((row) => this.#columns.map((column) => printable(column.text(row))));
    const titles = this.#columns.map((column) => column.title);
    const isFirst = this.#widths === undefined;
    this.#widths ??= this.#fitWidths([titles, ...cells]);
    return (isFirst ? [titles, ...cells] : cells).map((line) => this.#line(line));
  }

  #fitWidths(lines: readonly (readonly string[])[]): number[] {
    const widths = this.#columns.map(({ widest = Number.POSITIVE_INFINITY }, index) =>
      Math.min(widest, Math.max(...lines.map((line) => textWidth(line[index] ?? '')))),
    );
    let excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - this.#terminalWidth;
    for (let index = widths.length - 1; index >= 0 && excess > 0; index -= 1) {
      const width = widths[index] ?? 0;
      const given = Math.min(excess, Math.max(0, width - (this.#columns[index]?.shrinkTo ?? width)));
      widths[index] = width - given;
      excess -= given;
    }
    return widths;
  }

  #line(cells: readonly string[]): string {
    const isNarrow = Number.isFinite(this.#terminalWidth);
    return this.#columns
      .map(({ align, shrinkTo, cut }, index) => {
        const width = this.#widths?.[index] ?? 0;
        const cell = cells[index] ?? '';
        const text = isNarrow && shrinkTo !== undefined ? shorten(cell, width, cut) : cell;
        const padding = ' '.repeat(Math.max(0, width - textWidth(text)));
        return align === 'right' ? padding + text : text + padding;
      })
      .join(GAP)
      .trimEnd();
  }
}
