/** Weight and size (px) of a text. */
export interface Font {
  readonly size: number;
  readonly bold: boolean;
}

/** Part of a line of text; the tone is a CSS class of the drawing. */
export interface Span {
  readonly text: string;
  readonly tone: 'name' | 'trigger' | 'guard' | 'action' | 'muted' | 'count' | 'untaken';
}

/** One line of spans; continued lines are set in. */
export type Line = readonly Span[];

// Advance widths in 1/1000 em for U+0020 ... U+007E, of Helvetica. Arial, Liberation Sans and Arimo have the same, so
// one of the drawing's fonts with exactly these widths is at hand almost everywhere, and no browser is needed to measure.
const REGULAR = widths(
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 ' +
    '584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 ' +
    '667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 ' +
    '278 556 500 722 500 500 500 334 260 334 584',
);
const BOLD = widths(
  '278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 ' +
    '584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 ' +
    '667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 ' +
    '333 611 556 778 556 556 500 389 280 389 584',
);

function widths(table: string): readonly number[] {
  return table.split(' ').map(Number);
}

/** Width of a text in px. Exact for ASCII in the drawing's fonts; a full em for the wide scripts, an estimate otherwise. */
export function textWidth(text: string, { size, bold }: Font): number {
  let total = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    total += (bold ? BOLD : REGULAR)[code - 0x20] ?? (code >= 0x1100 ? 1000 : 650);
  }
  return (total * size) / 1000;
}
