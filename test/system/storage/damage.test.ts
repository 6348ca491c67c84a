import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { objectsOf } from '../cli/treasury.ts';
import { expectStorageFault, idsFrom, inFolderWithChain, rowsOf } from './run-under.ts';

const { at, chain, fill, payFrom, treasury } = inFolderWithChain();
const SUFFIXES = ['', '-wal', '-shm'] as const;

const filesOf = (db: string) =>
  Object.fromEntries(
    SUFFIXES.map((suffix) => [
      suffix,
      existsSync(`${db}${suffix}`) ? readFileSync(`${db}${suffix}`, 'base64') : undefined,
    ]),
  );

/** A store as a killed executor leaves it: some rows in its file, and others in its log alone. */
async function makeKilled(): Promise<string> {
  const live = await fill('live.db', idsFrom('old', 40));
  const reader = new DatabaseSync(live);
  try {
    reader.prepare('select count(*) from disbursement').get();
    await fill('live.db', idsFrom('new', 3));
    for (const suffix of SUFFIXES) copyFileSync(`${live}${suffix}`, at(`treasury.db${suffix}`));
  } finally {
    reader.close();
  }
  return at('treasury.db');
}

const noise = (file: string, start: number, length: number): void => {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xa5, start, start + length));
};

const LOG_LACKS =
  /the file is damaged, its log \(-wal\) lacks \d+ of \d+ pages.*it was left untouched: keep a copy/;

test('a damaged store is refused by every command, and left as it is; nothing is paid', async () => {
  const db = await makeKilled();
  const log = `${db}-wal`;
  noise(log, readFileSync(log).length - 2_000, 500);
  const noisy = await fill('noisy.db', idsFrom('R', 40));
  noise(noisy, Math.floor(readFileSync(noisy).length / 8_192) * 4_096, 4_096);
  const before = [filesOf(db), filesOf(noisy)];
  const [ofNoisy, run, imported, list, doctor] = await Promise.all([
    treasury(payFrom(noisy)),
    treasury(payFrom(db)),
    treasury(['import', '-', '--db', db], rowsOf(['more'])),
    treasury(['list', '--db', db]),
    treasury(['doctor', '--db', db, '--json']),
  ]);
  expectStorageFault(ofNoisy, /the file is damaged.*keep a copy of it/);
  for (const ending of [run, imported, list]) expectStorageFault(ending, LOG_LACKS);
  expect(objectsOf(doctor.stdout).find(({ check }) => check === 'store')).toMatchObject({
    verdict: 'failed',
    finding: expect.stringMatching(/its log \(-wal\) lacks .* it was left untouched$/),
    remedy: 'keep a copy of it, its -wal and its -shm, and restore a backup',
  });
  expect(doctor.code).toBe(1);
  expect([filesOf(db), filesOf(noisy)]).toEqual(before);
  expect(await chain().head()).toBe(0);
});
