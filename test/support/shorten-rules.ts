/** How much faster a test goes: five minutes are a second and a half. */
const FACTOR = 200;
/** Less would hold too few scrapes for a rate. */
const LEAST_MS = 1_000;

const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/**
 * Rules whose ranges, pauses and intervals (`5m`, `1h30m`) are shorter, so that a test can see them fire. Plain numbers,
 * like an age in seconds, stay as they are.
 */
export const shortenRules = (rules: string): string =>
  rules.replaceAll(/\b(?:\d+(?:ms|[smhdw]))+\b/g, (duration) => {
    const parts = [...duration.matchAll(/(\d+)([a-z]+)/g)];
    const ms = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS.get(unit) ?? 0), 0);
    return `${Math.max(LEAST_MS, Math.round(ms / FACTOR))}ms`;
  });
