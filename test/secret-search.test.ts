import { describe, expect, test } from 'vitest';
import { searchFor } from './support/secret-search.ts';

const TOKEN = 'Sentinel+Token/42?';
const KEY = Buffer.from('00f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff', 'hex');
const search = searchFor([
  { name: 'token', value: TOKEN },
  { name: 'key', value: KEY },
]);

const found = (text: string | Buffer): readonly string[] =>
  search(Buffer.concat([Buffer.from('before '), Buffer.from(text), Buffer.from(' behind')]));

describe('the search for secrets', () => {
  test.each([
    ['token as it is', TOKEN],
    ['token as it is', TOKEN.toUpperCase()],
    ['token in UTF-16', Buffer.from(TOKEN, 'utf16le')],
    ['token in hexadecimal', Buffer.from(TOKEN).toString('hex').toUpperCase()],
    ['token in a URL', `https://x/?token=${encodeURIComponent(TOKEN)}&y`],
    ['token in Base64', btoa(`user:${TOKEN}`)],
    ['token in Base64', btoa(`me:${TOKEN}!`)],
    ['token in Base64', btoa(`a:${TOKEN}`)],
    ['token in Base64 for URLs', Buffer.from(`{"t":"${TOKEN}"}`).toString('base64url')],
    ['key as it is', KEY],
    ['key in hexadecimal', `0x${KEY.toString('hex')}`],
    ['key as a number', BigInt(`0x${KEY.toString('hex')}`).toString()],
    ['key as a list of bytes', JSON.stringify(KEY)],
    ['key as a spaced list of bytes', `[ ${[...KEY].join(', ')} ]`],
    [
      'key in a URL, every byte of it',
      [...KEY].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    ],
  ])('finds the %s', (name, text) => {
    expect(found(text)).toContain(name);
  });

  test('finds nothing where nothing is', () => {
    expect(found(`${TOKEN.slice(0, -1)} ${KEY.toString('hex').slice(1)}`)).toEqual([]);
  });
});
