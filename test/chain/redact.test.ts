import { describe, expect, it } from 'vitest';
import { createRedactor, redactUrl } from '../../src/chain/redact.ts';

describe('redactUrl', () => {
  it.each([
    ['http://127.0.0.1:8545', 'http://127.0.0.1:8545'],
    ['http://127.0.0.1:8545/', 'http://127.0.0.1:8545'],
    ['https://user:secret@node.example/v3/abcdef?key=1#x', 'https://node.example/…'],
    ['https://node.example/?apikey=abcdef', 'https://node.example/…'],
    ['user:secret@nowhere', 'user:///…'],
    ['no url, secret', '<not a URL>'],
  ])('%s -> %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
    expect(redactUrl(url)).not.toContain('secret');
  });
});

describe('a redactor', () => {
  const redact = createRedactor(
    new URL('https://bob%40x:p%2Fw@node.example/v3/0123456789abcdef?apikey=qwertz42'),
  );

  it('takes out every credential, as written, decoded, and as the header has it', () => {
    const basic = Buffer.from('bob@x:p/w').toString('base64');
    const said = redact(`bob%40x bob@x p%2Fw p/w 0123456789abcdef qwertz42 Basic ${basic}`);
    for (const secret of ['bob', 'p%2Fw', 'p/w', '0123456789abcdef', 'qwertz42', basic])
      expect(said).not.toContain(secret);
  });

  it('finds a credential where its cut would fall', () => {
    expect(redact(`${'x'.repeat(495)}0123456789abcdef`)).not.toContain('01234');
  });

  it('takes out signed bytes and keeps hashes and addresses', () => {
    const hash = `0x${'ab'.repeat(32)}`;
    expect(redact(`sent 0x02f8${'cd'.repeat(100)} as ${hash}`)).toBe(`sent 0x… as ${hash}`);
  });

  it('makes one short line of anything', () => {
    expect(redact('a\r\n\u001b[31mb')).toBe('a [31mb');
    expect(redact('y'.repeat(1_000_000)).length).toBe(500);
  });
});
