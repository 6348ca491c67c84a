import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTokenCheck, isToken } from '../src/bearer-token.ts';

const TOKEN = 'correct-horse-battery-staple';

describe('a token', () => {
  test.each([['0123456789abcdef'], ['!"#$%&()*+,-./:;<=>?@[]^_`{|}~'], [TOKEN], ['x'.repeat(1_000)]])(
    'may be %s',
    (text) => expect(isToken(text)).toBe(true),
  );

  test.each([[''], ['0123456789abcde'], ['0123456789 abcdef'], ['0123456789abcdéf'], ['0123456789abcdef\n']])(
    'is not %j',
    (text) => {
      expect(isToken(text)).toBe(false);
      const make = () => createTokenCheck(text);
      expect(make).toThrow(RangeError);
      if (text !== '') expect(make).not.toThrow(text);
    },
  );
});

describe('the check', () => {
  const isAllowed = createTokenCheck(TOKEN);

  test.each([[`Bearer ${TOKEN}`], [`bearer ${TOKEN}`], [`BEARER   ${TOKEN} `]])('takes %j', (header) => {
    expect(isAllowed(header)).toBe(true);
  });

  test.each([
    [undefined],
    [''],
    ['Bearer'],
    ['Bearer '],
    [TOKEN],
    [`Basic ${TOKEN}`],
    [`Bearer${TOKEN}`],
    [`Bearer ${TOKEN}x`],
    [`Bearer ${TOKEN.slice(0, -1)}`],
    [`Bearer ${TOKEN.toUpperCase()}`],
    [`Bearer ${TOKEN} ${TOKEN}`],
    [`Bearer x${TOKEN}`],
    [`x Bearer ${TOKEN}`],
    [`Bearer "${TOKEN}"`],
    [`Bearer ${TOKEN},`],
  ])('refuses %j', (header) => {
    expect(isAllowed(header)).toBe(false);
  });

  test('takes the same time for every token: two hashes are compared as a whole', () => {
    const compare = vi.spyOn(crypto, 'timingSafeEqual');
    syncBuiltinESMExports();
    onTestFinished(() => {
      compare.mockRestore();
      syncBuiltinESMExports();
    });
    const given = ['x', TOKEN.slice(0, -1), `${TOKEN.slice(0, -1)}x`, TOKEN, `${TOKEN}x`, 'x'.repeat(10_000)];
    for (const token of given) isAllowed(`Bearer ${token}`);
    const lengths = compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength]);
    expect(lengths).toEqual(given.map(() => [32, 32]));
  });
});
