import { type Font, type Line, type Span, textWidth } from './text.ts';

/** A line as it is drawn: where it starts, how wide it is. */
export interface SetLine {
  readonly spans: Line;
  /** Set in from the left edge of the text, px. */
  readonly indent: number;
  /** Without the indent, px. */
  readonly width: number;
}

const INDENT = 12;

/** The font of each tone; only the trigger of a transition is bold, and what was counted. */
export const fontOf = (tone: Span['tone'], size: number): Font => ({
  size,
  bold: ['trigger', 'name', 'count', 'untaken'].includes(tone),
});

/** Breaks a line at its spaces where it would be wider than `maxWidth` px. A single longer word stays whole. */
export function wrapLine(line: Line, size: number, maxWidth: number): SetLine[] {
  const lines: SetLine[] = [];
  let spans: Span[] = [];
  let width = 0;
  const indent = () => (lines.length === 0 ? 0 : INDENT);
  for (const { text, tone } of line) {
    for (const word of text.split(/(?<= )/)) {
      const wordWidth = textWidth(word, fontOf(tone, size));
      const visibleWidth = textWidth(word.trimEnd(), fontOf(tone, size));
      if (spans.length > 0 && indent() + width + visibleWidth > maxWidth) {
        lines.push(closed(spans, indent(), size));
        spans = [];
        width = 0;
      }
      spans.push({ text: word, tone });
      width += wordWidth;
    }
  }
  if (spans.length > 0) lines.push(closed(spans, indent(), size));
  return lines;
}

/** Joins the words of one tone again and drops the space at the end. */
function closed(words: readonly Span[], indent: number, size: number): SetLine {
  const spans: Span[] = [];
  for (const { text, tone } of words) {
    const last = spans.at(-1);
    if (last?.tone === tone) spans[spans.length - 1] = { text: last.text + text, tone };
    else spans.push({ text, tone });
  }
  const last = spans.at(-1);
  if (last !== undefined) spans[spans.length - 1] = { ...last, text: last.text.trimEnd() };
  const width = spans.reduce((sum, { text, tone }) => sum + textWidth(text, fontOf(tone, size)), 0);
  return { spans, indent, width };
}
