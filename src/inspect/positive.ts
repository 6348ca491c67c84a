/** @throws RangeError when it is no whole number of at least 1 */
export function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} must be a whole number of at least 1, got ${String(value)}`);
}
