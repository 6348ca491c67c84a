import type { CircuitState } from '../../machines/index.ts';

/*
 * A state and its epoch in one word of 32 bits, so that one load tells an admission everything:
 *
 *   epoch (28) | dead (1) | stopped (1) | state (2)
 *
 * The epoch is the breaker's generation, counted from the one at which it was shared, modulo 2^28.
 */

const STATES = ['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'] as const satisfies CircuitState[];
const STATE_BITS = 0b0011;
const ENDED_BITS = 0b1100;
const PHASE_BITS = STATE_BITS | ENDED_BITS;
const EPOCH_BITS = 28;
const EPOCH_SHIFT = 32 - EPOCH_BITS;

export const EPOCH_MASK = 2 ** EPOCH_BITS - 1;
/** The breaker was stopped. */
export const STOPPED = 0b0100;
/** The breaker's actor ended in an error. */
export const DEAD = 0b1000;

/** @param epoch any integer; what counts is what is left of it by {@link EPOCH_MASK} */
export const wordOf = (state: CircuitState, epoch: number): number =>
  (epoch << EPOCH_SHIFT) | STATES.indexOf(state);

export const stateOf = (word: number): CircuitState => STATES[word & STATE_BITS] as CircuitState;

export const epochOf = (word: number): number => word >>> EPOCH_SHIFT;

/** How many changes of state lie between two words: negative when `to` is the earlier one. */
export const changesBetween = (from: number, to: number): number =>
  ((epochOf(to) - epochOf(from)) << EPOCH_SHIFT) >> EPOCH_SHIFT;

export const isClosed = (word: number): boolean => (word & PHASE_BITS) === STATES.indexOf('CLOSED');
export const isOpen = (word: number): boolean => (word & PHASE_BITS) === STATES.indexOf('OPEN');
export const isHalfOpen = (word: number): boolean => (word & PHASE_BITS) === STATES.indexOf('HALF_OPEN');
export const hasEnded = (word: number): boolean => (word & ENDED_BITS) !== 0;
export const wasStopped = (word: number): boolean => (word & STOPPED) !== 0;
