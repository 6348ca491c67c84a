/**
 * The memory that threads share, and who writes what in it.
 *
 * What every admission reads has a cache line of its own, away from what outcomes write: else a thread that reports
 * failures would slow down the admissions of all others.
 */
export interface SharedMemory {
  readonly words: Int32Array<SharedArrayBuffer>;
  /** The same bytes, as words of 64 bits. */
  readonly wide: BigUint64Array<SharedArrayBuffer>;
}

/** In {@link SharedMemory.words}. State and epoch: the owner's, but for the end of OPEN; see `state-word.ts`. */
export const STATE = 0;
/** The owner's: how many of the slots that were taken in this HALF_OPEN its chart knows, modulo as in `slots.ts`. */
export const HEARD = 8;
/** The producers': where the next outcome goes. See `outcome-ring.ts`. */
export const HEAD = 32;
/** The owner's: where the oldest outcome is that it has not dealt with. */
export const TAIL = 64;
/** The owner's: failures that count. */
export const FAILURES = 65;
/** The owner's: successes of this HALF_OPEN. */
export const SUCCESSES = 66;
/** Odd while the owner wants to be woken. See `bell.ts`. */
export const BELL = 96;
/** 1 while somebody waits for room in the ring; whoever waits sets it, the owner clears it. */
export const ROOM = 97;

/** In {@link SharedMemory.wide}. The slots of HALF_OPEN: see `slots.ts`. */
export const SLOTS = 1;
/** The owner's: when OPEN ends. Written before OPEN shows, and not again before it is over. See `shared-time.ts`. */
export const OPEN_DUE = 2;
/** The owner's: when the earliest probe times out. */
export const PROBE_DUE = 3;
/** The ring of outcomes, up to the end. */
export const RING = 64;

/** Outcomes that wait for the owner: what threads report while it is busy for a moment. */
const RING_SIZE = 1_024;

export const viewsOf = (buffer: SharedArrayBuffer): SharedMemory => ({
  words: new Int32Array(buffer),
  wide: new BigUint64Array(buffer),
});

/** @param ringSize a power of two */
export const newMemory = (ringSize = RING_SIZE): SharedArrayBuffer =>
  new SharedArrayBuffer((RING + ringSize) * BigUint64Array.BYTES_PER_ELEMENT);

/** Whether this may be a memory of ours: the right kind, and as large as the one that this version makes. */
export const isMemory = (value: unknown): value is SharedArrayBuffer =>
  value instanceof SharedArrayBuffer && value.byteLength === (RING + RING_SIZE) * 8;
