import { printable } from './printable.ts';

/** A label with its values, `-` for none. */
export type Entry = readonly [label: string, ...values: string[]];

/** Labels in one column, values in another, further values below the first. */
export function formatEntries(entries: readonly Entry[]): string[] {
  const width = Math.max(...entries.map(([label]) => label.length));
  return entries.flatMap(([label, first = '-', ...others]) => [
    `${label.padEnd(width)}  ${printable(first)}`,
    ...others.map((value) => `${' '.repeat(width)}  ${printable(value)}`),
  ]);
}
