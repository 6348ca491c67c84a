import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Output, OutputError, type OutputStream } from '../../src/cli/output.ts';

type Accept = (text: string) => Error | undefined;

const streamThat = (accept: Accept, terminal: object = {}): OutputStream =>
  Object.assign(
    new Writable({ decodeStrings: false, write: (chunk, _encoding, done) => done(accept(String(chunk))) }),
    terminal,
  );

const fault = (code: string): Error => Object.assign(new Error(code), { code });

describe('output', () => {
  test('writes lines', async () => {
    const seen: string[] = [];
    const output = new Output(streamThat((text) => void seen.push(text)));
    expect(await output.writeLines(['a', 'b'])).toBe(true);
    expect(seen).toEqual(['a\nb\n']);
  });

  test('says so, and writes no more, once its reader is gone', async () => {
    let writes = 0;
    const output = new Output(
      streamThat(() => {
        writes += 1;
        return fault('EPIPE');
      }),
    );
    expect(await output.write('a')).toBe(false);
    expect(await output.write('b')).toBe(false);
    expect(writes).toBe(1);
  });

  test('does not take a full disk for a reader that left', async () => {
    const output = new Output(streamThat(() => fault('ENOSPC')));
    await expect(output.write('a')).rejects.toThrow(OutputError);
  });

  test('knows the width of a terminal, and that a file has none', () => {
    const accept: Accept = () => undefined;
    expect(new Output(streamThat(accept, { isTTY: true, columns: 120 })).width).toBe(120);
    expect(new Output(streamThat(accept, { isTTY: true })).width).toBe(80);
    expect(new Output(streamThat(accept)).width).toBe(Number.POSITIVE_INFINITY);
  });
});
