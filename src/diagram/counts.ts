import type { Line, Span } from './text.ts';

/** How often each transition was taken, by its id. */
export type Counts = ReadonlyMap<string, number>;

/**
 * How often transitions that are told together were taken, one number for each; nothing when nobody counts. What was
 * never taken says so in words, too.
 */
export function countSpans(transitions: readonly string[], counts: Counts | undefined): readonly Span[] {
  if (counts === undefined || transitions.length === 0) return [];
  const numbers = transitions.map((id) => counts.get(id) ?? 0);
  const text = numbers.map((count) => (count === 0 ? 'NOT TAKEN' : `${count}\u00d7`)).join(' ');
  return [{ text, tone: numbers.includes(0) ? 'untaken' : 'count' }];
}

/** A line with its count at the end. */
export function withCount(line: Line, count: readonly Span[]): Line {
  const last = line.at(-1);
  return last === undefined || count.length === 0
    ? line
    : [...line.slice(0, -1), { ...last, text: `${last.text} ` }, ...count];
}
