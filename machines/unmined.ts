/** One nonce of ours that is not mined yet, and the most that it can cost. */
export interface Commitment {
  readonly nonce: number;
  /** Base units. */
  readonly maxCost: bigint;
}

/** A transaction of ours that is not mined. */
export interface UnminedRow extends Commitment {
  readonly id: string;
}

/** All of them. There may be thousands, and each payment changes them: who does that looks at a few of them only. */
export interface Unmined {
  /** By nonce, one for each. */
  readonly rows: readonly UnminedRow[];
  /** The most that all of them can cost, in base units. */
  readonly promised: bigint;
}

export const NOTHING_UNMINED: Unmined = { rows: [], promised: 0n };

/** @param rows in any order: a store of somebody else's may not keep it */
export const unminedOf = (rows: readonly UnminedRow[]): Unmined => ({
  rows: rows.toSorted((a, b) => a.nonce - b.nonce),
  promised: rows.reduce((sum, { maxCost }) => sum + maxCost, 0n),
});

/** Where the row of this nonce stands, or would stand. */
function placeOf(rows: readonly UnminedRow[], nonce: number): number {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const row = rows[middle];
    if (row !== undefined && row.nonce < nonce) from = middle + 1;
    else to = middle;
  }
  return from;
}

export function unminedAt({ rows }: Unmined, nonce: number): UnminedRow | undefined {
  const row = rows[placeOf(rows, nonce)];
  return row?.nonce === nonce ? row : undefined;
}

/** With this row, in the place of the one that had its nonce. */
export function withUnmined(unmined: Unmined, row: UnminedRow): Unmined {
  const before = unminedAt(unmined, row.nonce);
  return {
    rows: unmined.rows.toSpliced(placeOf(unmined.rows, row.nonce), before === undefined ? 0 : 1, row),
    promised: unmined.promised - (before?.maxCost ?? 0n) + row.maxCost,
  };
}

/** Without the row of this nonce, if there is one. */
export function withoutUnmined(unmined: Unmined, nonce: number): Unmined {
  const before = unminedAt(unmined, nonce);
  if (before === undefined) return unmined;
  return {
    rows: unmined.rows.toSpliced(placeOf(unmined.rows, nonce), 1),
    promised: unmined.promised - before.maxCost,
  };
}
