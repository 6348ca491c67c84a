import { StorageError } from '../errors.ts';
import { isOpenHere, realPathOf, sizeOf } from './sqlite-file.ts';
import { type LogIndex, type LogReading, readBytes, readLog, readLogIndex } from './write-ahead-log.ts';

/**
 * Looks whether a store's files go together, before SQLite opens them: it would take a log that it cannot read for empty, and
 * delete one beside a file that was cut to nothing, so that what was committed is gone without a word; and the last of its
 * connections that closes would write the log into a damaged file.
 *
 * It sees a file or a log that was cut short, or overwritten: all but the last commit of a log that has lost its wal-index,
 * which looks as a power cut leaves it, and has told nobody that it was made.
 *
 * Another process may write meanwhile, so that one look may see half of a change: two in a row have to see the same damage.
 *
 * @throws StorageError when they do not; nothing was changed
 */
export async function requireIntact(path: string): Promise<void> {
  const file = await realPathOf(path);
  // Whoever opened it here looked before.
  if (isOpenHere(file)) return;
  let before: string | undefined;
  for (;;) {
    const damage = await findDamage(file);
    if (damage === undefined) return;
    if (damage === before) throw damaged(path, damage);
    before = damage;
  }
}

/** Of a store that was refused before anything was changed. */
export const damaged = (file: string, what: string): StorageError =>
  new StorageError(
    `store ${file}: the file is damaged, ${what}; it was left untouched: ` +
      'keep a copy of it, its -wal and its -shm, and restore a backup',
  );

/** What is wrong, in words that tell one state of the files from another. */
async function findDamage(file: string): Promise<string | undefined> {
  // In this order. A commit that the index tells of is in the log by then, and a page that has left the log in the file.
  const index = await readLogIndex(`${file}-shm`);
  const log = await readLog(`${file}-wal`);
  return logDamage(log, index) ?? (await fileDamage(file, log));
}

function logDamage(log: LogReading, index: LogIndex | undefined): string | undefined {
  if (log.header === 'noise') return 'its log (-wal) was overwritten';
  if (index !== undefined) {
    const isSameRound = log.header === 'none' ? index.copied < index.committed : log.salt === index.salt;
    if (isSameRound && log.committed < index.committed)
      return `its log (-wal) lacks ${index.committed - log.committed} of ${index.committed} pages that were committed`;
  }
  // One alone may be the commit in whose middle a power cut came; the one before was on the disk when it began.
  if (log.unreachable > 1) return `its log (-wal) was overwritten before ${log.unreachable} commits`;
  return undefined;
}

const FILE_HEADER_BYTES = 100;
const FILE_MAGIC = 'SQLite format 3\0';

/** Every page of the database has to be in the file or in its log. */
async function fileDamage(file: string, log: LogReading): Promise<string | undefined> {
  const header = (await readBytes(file, 0, FILE_HEADER_BYTES)) ?? Buffer.alloc(0);
  const { pages, pageSize } = log.committed > 0 ? { ...log, pages: log.databasePages } : sizesIn(header);
  const size = await sizeOf(file);
  const isCut = `it has ${size} bytes`;
  const isBegun = size > 0 && FILE_MAGIC.startsWith(header.toString('latin1', 0, FILE_MAGIC.length));
  if (isBegun && size < FILE_HEADER_BYTES) return isCut;
  for (let page = Math.floor(size / pageSize) + 1; page <= pages; page += 1) {
    if (!log.pages.has(page)) return `${isCut}, and its ${pages} pages of ${pageSize} need more`;
  }
  return undefined;
}

/** What the file says itself, if it is a database and what it says of its size is as new as the rest. */
function sizesIn(header: Buffer): { readonly pages: number; readonly pageSize: number } {
  const isDatabase = header.length === FILE_HEADER_BYTES && header.toString('latin1', 0, 16) === FILE_MAGIC;
  if (!isDatabase || header.readUInt32BE(24) !== header.readUInt32BE(92)) return { pages: 0, pageSize: 1 };
  const pageSize = header.readUInt16BE(16);
  // 65536 does not fit, and is written as 1.
  return { pages: header.readUInt32BE(28), pageSize: pageSize === 1 ? 65_536 : pageSize };
}
