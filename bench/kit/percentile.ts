/** The value that so many of a hundred do not exceed, by nearest rank. */
export function percentile(values: readonly number[], of100: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((of100 / 100) * sorted.length) - 1)] ?? Number.NaN;
}
