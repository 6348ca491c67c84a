import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';

/** What a write-ahead log holds, read by its own format (https://sqlite.org/walformat.html), without SQLite. */
export interface LogReading {
  /**
   * - `none`: nothing was ever committed in it. It is missing or empty, or a power cut came in the middle of the first
   *   commit, which leaves less than a header or zeros.
   * - `noise`: what begins it is no header of a log, so SQLite would take the log for empty.
   */
  readonly header: 'none' | 'noise' | 'sound';
  /** Different for every round of the log; empty without a sound header. */
  readonly salt: string;
  /** Frames up to the last commit that SQLite would find. */
  readonly committed: number;
  /** The pages that these frames hold. */
  readonly pages: ReadonlySet<number>;
  /** Size of a page, and of the database in pages after that commit; 0 without one. */
  readonly pageSize: number;
  readonly databasePages: number;
  /** Commits of the same round that lie behind a frame which is not sound: SQLite would not find them. */
  readonly unreachable: number;
}

/** What the wal-index beside a log, which outlives a killed process, says of it. */
export interface LogIndex {
  readonly salt: string;
  /** Frames that were committed, which is told only once they are on the disk. */
  readonly committed: number;
  /** Frames of them that are in the database file, too. */
  readonly copied: number;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The lowest bit tells the order of bytes in the checksums. */
const MAGIC = 0x377f0682;
const VERSION = 3_007_000;
const FRAMES_AT_ONCE = 64;
/** Two copies of the header, and how far the log has been copied into the database. */
const INDEX_BYTES = 100;
const INDEX_HEADER_BYTES = 48;

const NOTHING: LogReading = {
  header: 'none',
  salt: '',
  committed: 0,
  pages: new Set(),
  pageSize: 0,
  databasePages: 0,
  unreachable: 0,
};

type Checksum = readonly [number, number];

function checksum(bytes: DataView, littleEndian: boolean, [first, second]: Checksum): Checksum {
  let [a, b] = [first, second];
  for (let at = 0; at < bytes.byteLength; at += 8) {
    a = (a + bytes.getUint32(at, littleEndian) + b) >>> 0;
    b = (b + bytes.getUint32(at + 4, littleEndian) + a) >>> 0;
  }
  return [a, b];
}

const view = (bytes: Buffer, start: number, end: number): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset + start, end - start);

/** The bytes of a file from `start` on, at most so many; `undefined` when there is no such file. */
export async function readBytes(path: string, start: number, length: number): Promise<Buffer | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, start);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await file?.close();
  }
}

/** Reads a log, which another process may be writing to. */
export async function readLog(path: string): Promise<LogReading> {
  const bytes = await readBytes(path, 0, HEADER_BYTES);
  if (bytes === undefined || bytes.length < HEADER_BYTES || bytes.every((byte) => byte === 0)) return NOTHING;
  const magic = bytes.readUInt32BE(0);
  const littleEndian = (magic & 1) === 0;
  const pageSize = bytes.readUInt32BE(8);
  const sum = checksum(view(bytes, 0, 24), littleEndian, [0, 0]);
  const isSound =
    (magic & ~1) === MAGIC &&
    bytes.readUInt32BE(4) === VERSION &&
    sum[0] === bytes.readUInt32BE(24) &&
    sum[1] === bytes.readUInt32BE(28);
  if (!isSound) return { ...NOTHING, header: 'noise' };
  const salt = bytes.toString('hex', 16, 24);
  return {
    ...NOTHING,
    header: 'sound',
    salt,
    pageSize,
    ...(await readFrames(path, { littleEndian, pageSize, salt, sum })),
  };
}

interface Round {
  readonly littleEndian: boolean;
  readonly pageSize: number;
  readonly salt: string;
  /** Of the header: each frame's goes on from the one before. */
  readonly sum: Checksum;
}

async function readFrames(path: string, { littleEndian, pageSize, salt, sum: first }: Round) {
  const pages = new Set<number>();
  /** Since the last commit. */
  let pending: number[] = [];
  let [sum, isReachable] = [first, true];
  let [committed, databasePages, unreachable] = [0, 0, 0];
  for await (const frame of framesOf(path, FRAME_HEADER_BYTES + pageSize)) {
    // Frames of an earlier round, which this one has not reached yet, have another salt.
    const isOfRound = frame.toString('hex', 8, 16) === salt;
    isReachable &&= isOfRound;
    if (isReachable) {
      sum = checksum(view(frame, 0, 8), littleEndian, sum);
      sum = checksum(view(frame, FRAME_HEADER_BYTES, frame.length), littleEndian, sum);
      isReachable = sum[0] === frame.readUInt32BE(16) && sum[1] === frame.readUInt32BE(20);
    }
    // A frame that ends a transaction carries the size of the database.
    const size = frame.readUInt32BE(4);
    if (!isReachable) {
      if (isOfRound && size > 0) unreachable += 1;
      continue;
    }
    pending.push(frame.readUInt32BE(0));
    if (size === 0) continue;
    for (const page of pending) pages.add(page);
    committed += pending.length;
    databasePages = size;
    pending = [];
  }
  return { committed, pages, databasePages, unreachable };
}

async function* framesOf(path: string, frameBytes: number): AsyncGenerator<Buffer> {
  for (let start = HEADER_BYTES; ; start += FRAMES_AT_ONCE * frameBytes) {
    const bytes = (await readBytes(path, start, FRAMES_AT_ONCE * frameBytes)) ?? Buffer.alloc(0);
    for (let at = 0; at + frameBytes <= bytes.length; at += frameBytes) {
      yield bytes.subarray(at, at + frameBytes);
    }
    if (bytes.length < FRAMES_AT_ONCE * frameBytes) return;
  }
}

/** Reads the wal-index; `undefined` where there is none, or none that can be trusted. */
export async function readLogIndex(path: string): Promise<LogIndex | undefined> {
  const bytes = await readBytes(path, 0, INDEX_BYTES);
  if (bytes === undefined || bytes.length < INDEX_BYTES) return undefined;
  // It is memory that processes share, so its order of bytes is the machine's.
  const littleEndian = endianness() === 'LE';
  const number = (at: number) => view(bytes, 0, bytes.length).getUint32(at, littleEndian);
  const [header, copy] = [bytes.subarray(0, INDEX_HEADER_BYTES), bytes.subarray(INDEX_HEADER_BYTES)];
  const isWhole = header.equals(copy.subarray(0, INDEX_HEADER_BYTES));
  const sum = checksum(view(bytes, 0, 40), littleEndian, [0, 0]);
  const isInitialised = bytes[12] === 1;
  if (!isWhole || !isInitialised || sum[0] !== number(40) || sum[1] !== number(44)) return undefined;
  return { salt: bytes.toString('hex', 32, 40), committed: number(16), copied: number(96) };
}
