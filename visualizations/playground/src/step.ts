import type { BreakerOutcome } from '../../../machines/events.ts';

/** How an admitted piece of work ended. At most one of `generation` and `permit` is there. */
export interface OutcomeStep {
  readonly type: BreakerOutcome;
  /** Sent with this generation, current or not. */
  readonly generation?: number;
  /** Sent as the holder of this permit does: with the generation, and the slot, that its answer named. */
  readonly permit?: string;
}

/** Asks to be admitted; without an `id` the slot is an anonymous one. */
export interface PermitStep {
  readonly type: 'PERMIT';
  readonly id?: string;
}

export interface OperatorStep {
  readonly type: 'ISOLATE' | 'RESET';
  readonly reason?: string;
}

/** Time passes. `ms` is whole, from 1 to {@link LONGEST_WAIT_MS}. */
export interface WaitStep {
  readonly type: 'wait';
  readonly ms: number;
}

/** One thing that a person does to the breaker. */
export type Step = OutcomeStep | PermitStep | OperatorStep | WaitStep;

export const OUTCOMES = [
  'SUCCESS',
  'FAILURE',
  'STORAGE_FATAL',
  'CANCELLED',
] as const satisfies readonly BreakerOutcome[];

/** More is no sequence that anybody reads, and would make a link that no mail program keeps whole. */
export const MOST_STEPS = 500;

/** The longest delay that a policy can have: one wait can pass any timer. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Characters of what somebody types: the name of a permit, and a reason. */
export const LONGEST_ID = 40;
export const LONGEST_REASON = 80;

/** @throws RangeError that says what is expected and what it got */
export function checkStep(step: Step): Step {
  switch (step.type) {
    case 'wait':
      if (!isWhole(step.ms, 1, LONGEST_WAIT_MS)) {
        throw new RangeError(`a wait takes whole milliseconds from 1 to ${LONGEST_WAIT_MS}, got ${step.ms}`);
      }
      return step;
    case 'PERMIT':
      checkText('the name of a permit', step.id, LONGEST_ID);
      return step;
    case 'ISOLATE':
    case 'RESET':
      checkText('a reason', step.reason, LONGEST_REASON);
      return step;
    default:
      checkText('the name of a permit', step.permit, LONGEST_ID);
      if (step.generation !== undefined && !isWhole(step.generation, 0, Number.MAX_SAFE_INTEGER)) {
        throw new RangeError(`a generation is a whole number of at least 0, got ${step.generation}`);
      }
      return step;
  }
}

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most;

function checkText(what: string, text: string | undefined, longest: number): void {
  if (text === undefined) return;
  if (text === '' || text.length > longest || !text.isWellFormed()) {
    throw new RangeError(`${what} has 1 to ${longest} characters, got ${text.length}`);
  }
}
