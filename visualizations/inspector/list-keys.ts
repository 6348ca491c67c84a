export interface ListKeys {
  /** Index of the row that the keys stand on; -1: none yet. */
  readonly index: number;
  readonly count: number;
  readonly page: number;
}

/** Where a key leads to in a list whose newest rows are at its end; undefined: not a key of lists. */
export function indexAfter(key: string, { index, count, page }: ListKeys): number | undefined {
  if (count === 0) return undefined;
  const from = index === -1 ? count : index;
  const within = (to: number): number => Math.min(count - 1, Math.max(0, to));
  switch (key) {
    case 'ArrowUp':
      return within(from - 1);
    case 'ArrowDown':
      return within(from + 1);
    case 'PageUp':
      return within(from - page);
    case 'PageDown':
      return within(from + page);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
