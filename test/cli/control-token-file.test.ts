import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readControlTokenFile } from '../../src/cli/control-token-file.ts';
import { describeFailure } from '../../src/cli/failure.ts';

const TOKEN = 'sentinel-77aa01-control-token';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-'));
  path = join(folder, 'token');
  await writeFile(path, `${TOKEN}\n`, { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true }));

test.each(['', '\n', '\r\n# of the night shift\n'])('is the first line, before %j', async (rest) => {
  await writeFile(path, TOKEN + rest);
  expect(await readControlTokenFile(path)).toBe(TOKEN);
});

test.each([
  ['that others can read', () => chmod(path, 0o640), /chmod 600 \S+token/],
  ['that is missing', () => rm(path), /cannot be opened \(ENOENT\): check --control-token-file/],
  ['that is empty', () => writeFile(path, ''), /in its first line/],
  ['that is too short', () => writeFile(path, 'sentinel-short\n'), /at least 16 printable ASCII/],
  ['with a space', () => writeFile(path, 'sentinel with spaces in it\n'), /without spaces/],
  ['with an empty first line', () => writeFile(path, `\n${TOKEN}\n`), /in its first line/],
  ['beyond ASCII', () => writeFile(path, 'sentinel-ünïcödé-token\n'), /printable ASCII/],
  ['that is too long', () => writeFile(path, `${TOKEN}\n${'x'.repeat(2_000)}`), /in its first line/],
  [
    'that is a directory',
    async () => {
      await rm(path);
      await mkdir(path, { mode: 0o700 });
    },
    /cannot be opened \(EISDIR\)|in its first line/,
  ],
])('%s: 78, and nothing of it in the message', async (_what, spoil, message) => {
  await spoil();
  const thrown = await readControlTokenFile(path).catch((error: unknown) => error);
  const failure = describeFailure(thrown);
  expect(failure).toEqual({ exitCode: 78, message: expect.stringMatching(message) });
  expect(failure.message).toMatch(/^treasury: the control token file \S+token [^\n]*$/);
  expect(failure.message).not.toContain('sentinel');
});
