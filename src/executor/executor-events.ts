import type { BreakerOutcome, TickTally } from '../../machines/index.ts';
import { callSafely } from '../call-safely.ts';

/** How a submission ended, in the words of a breaker's `classify`. `failure`: it may have reached the chain or not. */
export type SubmissionOutcome = 'success' | 'failure' | 'cancelled';

/** What an executor tells whoever listens, as it happens. */
export interface TreasuryExecutorEvents {
  /** The submitter answered, or was given up. Milliseconds. */
  readonly submissionEnded: { readonly outcome: SubmissionOutcome; readonly durationMs: number };
  /** Of every tick, refused, standby and fatal ones too. Milliseconds. */
  readonly tickEnded: { readonly durationMs: number; readonly tally: TickTally };
}

export type ExecutorListener<Name extends keyof TreasuryExecutorEvents> = (
  detail: TreasuryExecutorEvents[Name],
) => void;

const OUTCOMES = {
  SUCCESS: 'success',
  FAILURE: 'failure',
  CANCELLED: 'cancelled',
} as const satisfies Partial<Record<BreakerOutcome, SubmissionOutcome>>;

/** What the breaker is told of a submission, for listeners. */
export const submissionEnded = (
  outcome: keyof typeof OUTCOMES,
  durationMs: number,
): TreasuryExecutorEvents['submissionEnded'] => ({ outcome: OUTCOMES[outcome], durationMs });

type Listeners = {
  readonly [Name in keyof TreasuryExecutorEvents]: Set<ExecutorListener<Name>>;
};

/** Who listens to an executor. What a listener throws changes no payment and nothing for anybody else. */
export class ExecutorListeners {
  readonly #listeners: Listeners = { submissionEnded: new Set(), tickEnded: new Set() };
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** The result takes it off again; the same function may listen twice. */
  add<Name extends keyof TreasuryExecutorEvents>(name: Name, listener: ExecutorListener<Name>): () => void {
    const listeners: Set<ExecutorListener<Name>> = this.#listeners[name];
    const own: ExecutorListener<Name> = (detail) => listener(detail);
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  tell<Name extends keyof TreasuryExecutorEvents>(name: Name, detail: TreasuryExecutorEvents[Name]): void {
    const listeners: Set<ExecutorListener<Name>> = this.#listeners[name];
    for (const listener of [...listeners]) callSafely(listener, detail, this.#onError);
  }
}
