import { expect, test } from 'vitest';
import { isReason } from '../src/breaker-control.ts';

test.each([[''], ['RPC replays'], ['Rückfall: 재시도, 🦊'], ['x'.repeat(500)], ['🦊'.repeat(500)]])(
  'a reason may be %s',
  (text) => expect(isReason(text)).toBe(true),
);

test.each([
  ['x'.repeat(501)],
  ['🦊'.repeat(501)],
  ['x'.repeat(1_000_000)],
  ['two\nlines'],
  ['a\ttab'],
  ['a\0'],
  ['\u001b[31m'],
  ['\u202egnol'],
  ['a\u2028b'],
  ['\ud800'],
])('a reason is not %j', (text) => expect(isReason(text)).toBe(false));
