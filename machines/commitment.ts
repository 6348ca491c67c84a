import { isFill, presentIntents } from './giving-up.ts';
import type { DisbursementRow } from './records.ts';

/** The most that can still be paid for a row, in base units: one of its transactions is mined, whichever. */
export function commitmentOf(row: DisbursementRow): bigint {
  const costs = presentIntents(row)
    .filter((intent) => !row.isGap || isFill(intent))
    .map((intent) => intent.maxCost ?? (isFill(intent) ? 0n : row.amount));
  return costs.reduce((most, cost) => (cost > most ? cost : most), 0n);
}
