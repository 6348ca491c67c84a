/** What must be nowhere. */
export interface Secret {
  readonly name: string;
  /** As it is used; a key that is written in digits is given as its bytes, too. */
  readonly value: string | Buffer;
}

/** A way to write a secret, as text in which the case of letters does not matter. */
interface Form {
  readonly name: string;
  readonly text: string;
}

/** Bytes as text, one character each, without the difference of capitals. */
const folded = (bytes: Buffer): string => bytes.toString('latin1').toLowerCase();

/** The digits of Base64 that are the same wherever the secret stands in what was encoded. */
function base64Of(bytes: Buffer, encoding: 'base64' | 'base64url'): readonly string[] {
  return [0, 1, 2].map((before) => {
    const digits = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
    return digits.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

function formsOf({ name, value }: Secret): readonly Form[] {
  const bytes = Buffer.from(value);
  const numbers = [...bytes];
  const texts: readonly (readonly [string, string])[] = [
    ['as it is', folded(bytes)],
    ['in UTF-16', folded(Buffer.from(bytes.toString('latin1'), 'utf16le'))],
    ['in hexadecimal', bytes.toString('hex')],
    ['as a number', BigInt(`0x${bytes.toString('hex')}`).toString()],
    ['as a list of bytes', numbers.join(',')],
    ['as a spaced list of bytes', numbers.join(', ')],
    ['in a URL', encodeURIComponent(bytes.toString('latin1'))],
    ['in a URL, every byte of it', numbers.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')],
    ...base64Of(bytes, 'base64').map((text) => ['in Base64', text] as const),
    ...base64Of(bytes, 'base64url').map((text) => ['in Base64 for URLs', text] as const),
  ];
  return texts.map(([form, text]) => ({ name: `${name} ${form}`, text: text.toLowerCase() }));
}

/** Makes a search for secrets, however they are written: it names what it has found. */
export function searchFor(secrets: readonly Secret[]): (bytes: Buffer) => readonly string[] {
  const forms = secrets.flatMap(formsOf);
  return (bytes) => {
    const text = folded(bytes);
    return [...new Set(forms.filter((form) => text.includes(form.text)).map(({ name }) => name))];
  };
}
