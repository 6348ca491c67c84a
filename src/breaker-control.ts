import type { CircuitState } from '../machines/index.ts';

/** What an operator can order of a treasury's breaker: refuse everything until further notice, or begin anew. */
export const CONTROL_ACTIONS = ['isolate', 'reset'] as const;

export type ControlAction = (typeof CONTROL_ACTIONS)[number];

/** An order as it is given. */
export interface ControlOrder {
  readonly action: ControlAction;
  /** Why, for people: one that {@link isReason}. `undefined` for none. */
  readonly reason: string | undefined;
  /** By which way it came and who gave it, for people, like `http` or `cli:alice`. No secret: it is stored and shown. */
  readonly by: string;
}

/** An order that is durable. */
export interface ControlRequest extends ControlOrder {
  /** Counts up: orders are applied in this order. */
  readonly id: number;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
}

/** An order that was applied, by whom, and what the breaker made of it. */
export interface AppliedControl extends ControlRequest {
  /** Epoch milliseconds. */
  readonly appliedAt: number;
  /** The lease under which it was applied. */
  readonly owner: string;
  readonly fence: number;
  readonly from: CircuitState;
  readonly to: CircuitState;
}

const MAX_REASON_CHARACTERS = 500;

/** What a reason looks like, for messages. */
export const REASON_EXPECTED = `a reason of at most ${MAX_REASON_CHARACTERS} printable characters in one line`;

/** Whether a text may be stored as a reason: it is shown on terminals and pages, so it holds nothing that they obey. */
export const isReason = (text: string): boolean =>
  text.length <= 2 * MAX_REASON_CHARACTERS &&
  [...text].length <= MAX_REASON_CHARACTERS &&
  !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);

/** How many orders may wait. More wait only where no executor runs, and then one more is no help. */
export const MAX_PENDING_CONTROLS = 100;

/** Too many orders wait to be applied: nothing was stored. */
export class ControlQueueFullError extends Error {
  override readonly name = 'ControlQueueFullError';
  constructor() {
    super(
      `${MAX_PENDING_CONTROLS} orders to the breaker wait already and this one was refused: no executor applies ` +
        'them, start "treasury run" and give it again',
    );
  }
}
