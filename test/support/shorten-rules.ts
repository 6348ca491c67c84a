const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/**
 * Rules as they would be if time went so many times faster: each range, pause and interval (`5m`, `1h30m`) is shorter.
 * Plain numbers, like an age in seconds, stay as they are.
 */
export const shortenRules = (rules: string, factor: number): string =>
  rules.replaceAll(/\b(?:\d+(?:ms|[smhdw]))+\b/g, (duration) => {
    const parts = [...duration.matchAll(/(\d+)([a-z]+)/g)];
    const ms = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS.get(unit) ?? 0), 0);
    return `${Math.ceil(ms / factor)}ms`;
  });
