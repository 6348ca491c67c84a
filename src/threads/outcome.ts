import type { BreakerOutcome } from '../../machines/index.ts';
import { COUNT_MASK } from './slots.ts';

/** How admitted work ended, as a thread tells the owner. */
export interface Outcome {
  readonly type: BreakerOutcome;
  /** The state word under which the work was admitted, or for a bare outcome the one that the thread saw. */
  readonly word: number;
  /** Of the slot that the work held; `undefined` for none. */
  readonly slot: number | undefined;
}

const TYPES = ['SUCCESS', 'FAILURE', 'STORAGE_FATAL', 'CANCELLED'] as const satisfies BreakerOutcome[];

/** Set in every outcome's details. */
const IS_OUTCOME = 0b0001;
const TYPE_AT = 1;
const HAS_SLOT = 0b1000;
const SLOT_AT = 4;

/** Type and slot in 32 bits that are never 0. */
export const detailsOf = ({ type, slot }: Outcome): number =>
  IS_OUTCOME | (TYPES.indexOf(type) << TYPE_AT) | (slot === undefined ? 0 : HAS_SLOT | (slot << SLOT_AT));

export const outcomeFrom = (word: number, details: number): Outcome => ({
  type: TYPES[(details >> TYPE_AT) & 0b11] as BreakerOutcome,
  word,
  slot: details & HAS_SLOT ? (details >> SLOT_AT) & COUNT_MASK : undefined,
});
