import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import {
  bytesIn,
  bytesOf,
  COMMITS,
  closed,
  expectRefusal,
  FRAME_BYTES,
  filesAt,
  frames,
  isRefused,
  killed,
  LOG_HEADER_BYTES,
  lay,
  makeSpecimens,
  put,
  ROWS,
  spoil,
  WAYS,
} from './damage.ts';
import { enqueue, newPath, open, openNew, outsider } from './support.ts';

beforeAll(makeSpecimens);

describe('a log that was overwritten or cut short', () => {
  it('with noise at any frame, or at its beginning', async () => {
    const path = lay(killed);
    for (const [at, start] of [0, ...frames().map((frame) => frame.start)].entries()) {
      put(path, killed.bytes);
      spoil(`${path}-wal`, start, 512);
      const way = at % WAYS.length;
      await expectRefusal(
        path,
        /its log \(-wal\) (?:was overwritten|lacks \d+ of \d+ pages).*left untouched/,
        WAYS.slice(way, way + 1),
      );
    }
    put(path, killed.bytes);
    expect(await isRefused(path, killed.content)).toBe(false);
  });

  it.each([0, 20, LOG_HEADER_BYTES, 3 * FRAME_BYTES, 7 * FRAME_BYTES + 5])('to %i bytes', async (length) => {
    const path = lay(killed);
    truncateSync(`${path}-wal`, length);
    await expectRefusal(path, /its log \(-wal\) lacks \d+ of \d+ pages that were committed/);
  });

  it('or deleted', async () => {
    await expectRefusal(lay(killed, '-wal'), /its log \(-wal\) lacks/);
  });

  it('by noise, where the wal-index is lost: but for the last commit, which may be a power cut', async () => {
    const path = newPath();
    const ends = frames().filter(({ isEnd }) => isEnd);
    expect(ends).toHaveLength(COMMITS);
    for (const { start } of ends.slice(0, -1)) {
      put(path, killed.bytes, '-shm');
      spoil(`${path}-wal`, start + 24, 512);
      await expectRefusal(path, /was overwritten before \d commits/);
    }
    put(path, killed.bytes, '-shm');
    spoil(`${path}-wal`, (ends.at(-1)?.start ?? 0) + 24, 512);
    expect(await (await open(path)).list()).toHaveLength(ROWS + COMMITS - 1);
  });

  it('by a power cut at any byte of the last commit is no damage', async () => {
    const path = newPath();
    const log = bytesIn(killed, '-wal');
    const begins = (frames().filter(({ isEnd }) => isEnd)[COMMITS - 2]?.start ?? 0) + FRAME_BYTES;
    for (let length = begins; length < log.length; length += 4_001) {
      put(path, new Map(killed.bytes).set('-wal', log.subarray(0, length)), '-shm');
      const store = await openSqliteStore(path);
      expect(await store.list()).toHaveLength(ROWS + COMMITS - 1);
      await store.close();
    }
  });

  it('of zeros, as a power cut leaves the first commit, is none', async () => {
    const path = lay(closed);
    writeFileSync(`${path}-wal`, Buffer.alloc(5_000));
    expect(await (await open(path)).list()).toHaveLength(ROWS);
  });

  it('of an earlier round behind this one is none', async () => {
    const { store, path } = await openNew();
    for (let at = 0; at < 3; at += 1) await enqueue(store, `old-${at}`);
    outsider(path).exec('pragma wal_checkpoint(restart)');
    await enqueue(store, 'new');
    expect(await (await open(lay(filesAt(path, {}), '-shm'))).list()).toHaveLength(4);
  });
});

it('of a newer version, beside a log, is left as it is', async () => {
  const live = lay(closed);
  const newer = outsider(live);
  newer.exec("insert into kysely_migration values ('0999-later', '2030-01-01T00:00:00.000Z')");
  const path = lay(filesAt(live, {}));
  const before = bytesOf(path);
  await expect(openSqliteStore(path)).rejects.toThrow('newer version (schema 0999-later)');
  expect(bytesOf(path)).toEqual(before);
  expect(before[1]).toBeDefined();
});

it('a link is followed to the files that belong together', async () => {
  const path = lay(killed);
  const link = newPath();
  symlinkSync(path, link);
  truncateSync(`${path}-wal`, 0);
  await expect(openSqliteStore(link)).rejects.toThrow(/its log \(-wal\) lacks/);
});
