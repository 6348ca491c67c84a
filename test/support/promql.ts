const STRINGS = /"(?:[^"\\]|\\.)*"/g;
/** Lists of labels: `by (job)`, `on (job, instance)`. */
const LABEL_LISTS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const MATCHERS_AND_RANGES = /\{[^}]*\}|\[[^\]]*\]/g;
/** A name that is not a function's, since no parenthesis follows, and not the `e18` of a number. */
const NAMES = /(?<![\w:.])[a-z_:][\w:]*\b(?!\s*\()/gi;
const KEYWORDS = ['and', 'or', 'unless', 'bool', 'offset'];

/** The series that an expression reads, each by its name as it is written: of a histogram with its suffix. */
export function seriesIn(expr: string): readonly string[] {
  const bare = [STRINGS, LABEL_LISTS, MATCHERS_AND_RANGES].reduce(
    (text, pattern) => text.replaceAll(pattern, ' '),
    expr,
  );
  const names = [...bare.matchAll(NAMES)].map(([name]) => name);
  return [...new Set(names.filter((name) => !KEYWORDS.includes(name)))];
}
