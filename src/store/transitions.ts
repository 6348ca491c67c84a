import type { DisbursementStatus } from '../../machines/index.ts';

/**
 * Where a disbursement may go from each status. To itself: a refusal that is noted, a replacement that is signed.
 *
 * A look-up may find a payment further than the store knew; a block may vanish; `cancelled` is left for `executed` (or
 * further) where a payment was mined after all, and, like `deadLetter`, for `queued` where an operator asks for it anew.
 */
const NEXT: Readonly<Record<DisbursementStatus, readonly DisbursementStatus[]>> = {
  queued: ['queued', 'staged', 'cancelled', 'deadLetter'],
  staged: ['staged', 'submitted', 'executed', 'finalized', 'cancelled', 'deadLetter'],
  submitted: ['submitted', 'executed', 'finalized', 'deadLetter'],
  executed: ['submitted', 'finalized', 'deadLetter'],
  finalized: [],
  cancelled: ['cancelled', 'executed', 'finalized', 'queued'],
  deadLetter: ['queued'],
};

export const mayGo = (from: DisbursementStatus, to: DisbursementStatus): boolean => NEXT[from].includes(to);
