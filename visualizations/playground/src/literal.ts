/** A value as a person writes it into TypeScript: `60_000`, `'it\'s'`, `{ type: 'FAILURE' }`. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return stringLiteral(value);
  if (typeof value === 'number') return numberLiteral(value);
  return `{ ${fieldLiterals(value as object).join(', ')} }`;
}

/** The fields of an object one by one, `generation: 2`; those that are `undefined` are left out. */
export const fieldLiterals = (value: object): readonly string[] =>
  Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => `${name}: ${literal(field)}`);

/** What would end the string, or the line it stands in, or turn its text round, is written by its number. */
function stringLiteral(text: string): string {
  const escaped = text
    .replaceAll(/[\\']/g, (character) => `\\${character}`)
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
  return `'${escaped}'`;
}

function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Number.POSITIVE_INFINITY' : String(value);
  const text = String(value);
  if (!/^\d+(\.\d+)?$/.test(text)) return text;
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, '_');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
