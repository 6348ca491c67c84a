import { existsSync, rmSync, truncateSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore, StoreNotFoundError } from '../../src/store/sqlite.ts';
import { lookAtSqliteStore } from '../../src/store/sqlite-look.ts';
import {
  bytesIn,
  closed,
  expectRefusal,
  type Files,
  frames,
  isRefused,
  killed,
  lay,
  makeSpecimens,
  PAGE_BYTES,
  put,
  spoil,
} from './damage.ts';
import { newPath, open } from './support.ts';

beforeAll(makeSpecimens);

describe('a file that was cut short', () => {
  it.each([1, 15, 16, 50, 99, 100, 2_000, 4_096, 5_000, 40_960])('to %i bytes', async (length) => {
    const path = lay(closed);
    truncateSync(path, length);
    await expectRefusal(path, /the file is damaged, it has \d+ bytes.*it was left untouched: keep a copy/);
  });

  it('by one byte', async () => {
    const path = lay(closed);
    truncateSync(path, bytesIn(closed, '').length - 1);
    await expectRefusal(path, /it has \d+ bytes, and its \d+ pages of 4096 need more/);
  });

  it.each([0, 50, 4_096, 40_960])(
    'to %i bytes, beside the log of a program that was killed',
    async (length) => {
      const path = lay(killed);
      truncateSync(path, length);
      await expectRefusal(path, new RegExp(`it has ${length} bytes`));
      rmSync(`${path}-shm`);
      await expectRefusal(path, new RegExp(`it has ${length} bytes`));
    },
  );

  it('that is gone, and its log is not', async () => {
    const path = lay(killed);
    rmSync(path);
    await expectRefusal(path, /it has 0 bytes/);
    expect(existsSync(path)).toBe(false);
  });

  it('to nothing, without a log, is a new store as a missing one is: nothing tells them apart', async () => {
    const path = lay(closed);
    truncateSync(path);
    await expect(lookAtSqliteStore(path)).rejects.toThrow(StoreNotFoundError);
    await expect(openSqliteStore(path, { create: false })).rejects.toThrow(StoreNotFoundError);
    expect(await (await open(path)).list()).toEqual([]);
  });

  it('as a checkpoint leaves it that was cut off, is sound: what is missing is in the log', async () => {
    const path = lay(killed);
    const inLog = new Set(frames().map(({ page }) => page));
    const pages = bytesIn(killed, '').length / PAGE_BYTES;
    let last = pages;
    while (inLog.has(last)) last -= 1;
    // In the middle of a page, too.
    truncateSync(path, last * PAGE_BYTES + (last < pages ? 100 : 0));
    expect(await isRefused(path, killed.content)).toBe(false);
  });
});

describe('a file that was overwritten with noise', () => {
  it('at its beginning', async () => {
    const path = lay(closed);
    spoil(path, 0, 100);
    await expectRefusal(path, /not a SQLite database: it was left untouched/);
  });

  it.each<[string, () => Files]>([
    ['', () => closed],
    ['beside a log, which is not written into it', () => killed],
  ])('in any page %s', async (_where, files) => {
    const { bytes, content } = files();
    const path = newPath();
    const pages = bytesIn(files(), '').length / PAGE_BYTES;
    const inLog = new Set(bytes.has('-wal') ? frames().map(({ page }) => page) : []);
    for (let page = 1; page <= pages; page += 1) {
      put(path, bytes);
      spoil(path, (page - 1) * PAGE_BYTES);
      // A page that the log holds anew is not read from the file.
      expect(await isRefused(path, content), `page ${page}`).toBe(!inLog.has(page));
    }
  });
});
