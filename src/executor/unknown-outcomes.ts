import type { DisbursementRow } from '../../machines/index.ts';

/**
 * Which payments may be on their way or not, and since when: a submission got no answer, or the bytes are of an earlier
 * lease (rule M4), and no look-up has found them. For reports alone: what is paid is decided in the charts.
 */
export class UnknownOutcomes {
  readonly #since = new Map<string, number>();

  get count(): number {
    return this.#since.size;
  }

  /** When the first of them became so; `undefined` when there is none. */
  get oldestAt(): number | undefined {
    return this.#since.size === 0 ? undefined : Math.min(...this.#since.values());
  }

  /** @param outcome what the breaker is told of it: of a cancelled one the node has not taken anything */
  submitted(id: string, outcome: string, now: number): void {
    if (outcome === 'SUCCESS') this.#since.delete(id);
    if (outcome === 'FAILURE') this.#note(id, now);
  }

  /**
   * @param isKnown the chain has one of its transactions, or has seen its nonce used
   * @param isUntried its bytes were staged under this lease, and no node can have them: that is nobody's doubt
   */
  lookedUp(
    { id, status }: DisbursementRow,
    { isKnown, isUntried }: { readonly isKnown: boolean; readonly isUntried: boolean },
    now: number,
  ): void {
    if (isKnown) this.#since.delete(id);
    else if (status !== 'executed' && status !== 'cancelled' && !isUntried) this.#note(id, now);
  }

  /** Forgets all that is not in flight any more. */
  keep(rows: readonly DisbursementRow[]): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#since.keys()) if (!ids.has(id)) this.#since.delete(id);
  }

  /** Without the lease it is for somebody else to know. */
  clear(): void {
    this.#since.clear();
  }

  #note(id: string, now: number): void {
    if (!this.#since.has(id)) this.#since.set(id, now);
  }
}
