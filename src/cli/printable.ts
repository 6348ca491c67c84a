/** Controls, ANSI introducers, bidi overrides, zero-width characters, lone surrogates, line separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeForPeople(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code > 0xffff) return `\\u{${hex}}`;
  return SHORT[character] ?? (code > 0xff ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`);
}

/**
 * Text from outside, fit for a terminal: whatever could move the cursor, colour the screen or reorder what is read
 * shows as an escape instead. The result is always one line.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escapeForPeople);

/** Text from outside in double quotes, cut to `limit` characters, for error messages. */
export function quoted(text: string, limit = 60): string {
  const characters = [...text.slice(0, limit * 2)];
  const cut = characters.length > limit || text.length > limit * 2;
  return printable(`"${cut ? `${characters.slice(0, limit).join('')}…` : text}"`);
}

function escapeForJson(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

const absentAsNull = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value === undefined ? null : value;

/**
 * A value as one line of JSON: bigints as decimal strings, absent fields as null.
 *
 * JSON may hold characters raw that a terminal obeys (0x9b starts an ANSI sequence), so these are escaped too; the
 * value that a reader parses stays the same.
 */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value, absentAsNull).replace(UNPRINTABLE, escapeForJson);
