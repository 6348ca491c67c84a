/** Longest delay that a timer can hold. Milliseconds. */
export const MAX_DELAY_MS = 2 ** 31 - 1;

/** What a text that {@link readDuration} takes looks like, for messages. */
export const DURATION_EXPECTED = `a time with its unit, 1ms to ${MAX_DELAY_MS}ms, like 250ms, 60s, 10m, 2h`;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * A time with its unit, `250ms`, `1s`, `10m`, `2h`, in milliseconds: at least 1, at most 2^31-1 (about 24 days).
 * `undefined` for anything else. Flags and request bodies share it, each with errors of its own.
 */
export function readDuration(text: string): number | undefined {
  const [, digits, unit] = /^([0-9]{1,10})(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(digits) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  return ms >= 1 && ms <= MAX_DELAY_MS ? ms : undefined;
}
