import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { StorageError } from '../../src/errors.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { lookAtSqliteStore } from '../../src/store/sqlite-look.ts';
import { contentOf, enqueue, newPath } from './support.ts';

/** SQLite's default, and what stands before each page in a log. */
export const PAGE_BYTES = 4096;
export const FRAME_BYTES = PAGE_BYTES + 24;
export const LOG_HEADER_BYTES = 32;

const ALL = ['', '-wal', '-shm'] as const;
type Suffix = (typeof ALL)[number];

/** Bytes that mean nothing, and are the same every time. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed * 2_654_435_761 + 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export interface Files {
  readonly bytes: ReadonlyMap<Suffix, Buffer>;
  readonly content: Record<string, unknown[]>;
}

export const filesAt = (path: string, content: Record<string, unknown[]>): Files => ({
  bytes: new Map(
    ALL.filter((suffix) => existsSync(`${path}${suffix}`)).map((suffix) => [
      suffix,
      readFileSync(`${path}${suffix}`),
    ]),
  ),
  content,
});

export const ROWS = 60;
export const COMMITS = 6;

/** What a program that was killed leaves: rows in the file, and as many commits more in its log. */
export let killed: Files;
/** A store that was closed in order, and is one file. */
export let closed: Files;

/** Makes both, once for a file of tests. */
export async function makeSpecimens(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'treasury-damage-'));
  const path = join(folder, 'treasury.db');
  const store = await openSqliteStore(path);
  await enqueue(store, ...Array.from({ length: ROWS }, (_, at) => `old-${at}`));
  const other = new DatabaseSync(path);
  other.exec('pragma wal_checkpoint(truncate)');
  other.close();
  closed = { ...filesAt(path, contentOf(path)), bytes: new Map([['', readFileSync(path)]]) };
  for (let at = 0; at < COMMITS; at += 1) await enqueue(store, `new-${at}`);
  killed = filesAt(path, contentOf(path));
  await store.close();
  rmSync(folder, { recursive: true });
}

/** Puts the files where nobody has opened anything yet, without those that are left out. */
export function lay({ bytes }: Files, ...left: readonly Suffix[]): string {
  const path = newPath();
  put(path, bytes, ...left);
  return path;
}

export function put(path: string, bytes: Files['bytes'], ...left: readonly Suffix[]): void {
  for (const suffix of ALL) {
    const content = left.includes(suffix) ? undefined : bytes.get(suffix);
    if (content === undefined) rmSync(`${path}${suffix}`, { force: true });
    else writeFileSync(`${path}${suffix}`, content);
  }
}

export const bytesIn = ({ bytes }: Files, suffix: Suffix): Buffer => bytes.get(suffix) ?? Buffer.alloc(0);

/** Where each frame of the killed one's log begins, and whether it ends a commit. */
export function frames(): readonly {
  readonly start: number;
  readonly page: number;
  readonly isEnd: boolean;
}[] {
  const log = bytesIn(killed, '-wal');
  const found = [];
  for (let start = LOG_HEADER_BYTES; start < log.length; start += FRAME_BYTES) {
    found.push({ start, page: log.readUInt32BE(start), isEnd: log.readUInt32BE(start + 4) > 0 });
  }
  return found;
}

const digest = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');

/** A digest of the file, and of its log. The wal-index is a cache, which readers make and make anew. */
export const bytesOf = (path: string) =>
  ['', '-wal'].map((suffix) =>
    existsSync(`${path}${suffix}`) ? digest(readFileSync(`${path}${suffix}`)) : undefined,
  );

/** Each way in, and what it gives back at the end. */
export const WAYS: readonly (readonly [string, (path: string) => Promise<{ close(): Promise<void> }>])[] = [
  ['to run or to import', (path) => openSqliteStore(path)],
  ['to list', (path) => openSqliteStore(path, { create: false })],
  ['by the doctor', (path) => lookAtSqliteStore(path)],
];

export async function expectRefusal(path: string, message: RegExp, ways = WAYS): Promise<void> {
  const before = bytesOf(path);
  for (const [way, attempt] of ways) {
    const refused = attempt(path);
    await expect(refused, way).rejects.toThrow(StorageError);
    await expect(refused, way).rejects.toThrow(message);
    await expect(refused, way).rejects.toThrow(path);
    expect(bytesOf(path), way).toEqual(before);
  }
}

/** How a store opens that was spoilt: refused and left as it is, or with all that it ever held. */
export async function isRefused(path: string, content: Files['content']): Promise<boolean> {
  const before = bytesOf(path);
  const refused = await openSqliteStore(path).then(
    (store) => store.close(),
    (error: unknown) => error,
  );
  if (refused === undefined) {
    expect(contentOf(path)).toEqual(content);
    return false;
  }
  expect(refused).toBeInstanceOf(StorageError);
  expect(refused).toMatchObject({ message: expect.stringMatching(/restore a backup/) });
  expect(bytesOf(path)).toEqual(before);
  return true;
}

export const spoil = (path: string, start: number, length = PAGE_BYTES): void => {
  const bytes = readFileSync(path);
  noise(length, start + 1).copy(bytes, start);
  writeFileSync(path, bytes);
};
