import type { DisbursementRow } from '../../machines/index.ts';

/**
 * Which payments may be on their way or not, and since when: a submission got no answer, or the bytes are of an earlier
 * lease (rule M4), and no look-up has found them. For reports alone: what is paid is decided in the charts.
 */
export class UnknownOutcomes {
  readonly #since = new Map<string, number>();
  /** Staged under this lease and not sent: these are nobody's doubt. */
  readonly #unsent = new Set<string>();
  #fence: number | undefined;

  get count(): number {
    return this.#since.size;
  }

  /** When the first of them became so; `undefined` when there is none. */
  get oldestAt(): number | undefined {
    return this.#since.size === 0 ? undefined : Math.min(...this.#since.values());
  }

  /** Under another fence somebody else may have sent what we did not. */
  leased(fence: number | undefined): void {
    if (fence !== this.#fence) this.#unsent.clear();
    this.#fence = fence;
  }

  staged(id: string): void {
    this.#unsent.add(id);
  }

  /** @param outcome what the breaker is told of it: of a cancelled one the node has not taken anything */
  submitted(id: string, outcome: string, now: number): void {
    if (outcome === 'CANCELLED') return;
    this.#unsent.delete(id);
    if (outcome === 'SUCCESS') this.#since.delete(id);
    else this.#note(id, now);
  }

  /** @param isKnown the chain has one of its transactions, or has seen its nonce used */
  lookedUp({ id, status }: DisbursementRow, isKnown: boolean, now: number): void {
    if (isKnown) this.#since.delete(id);
    else if (status !== 'executed' && status !== 'cancelled' && !this.#unsent.has(id)) this.#note(id, now);
  }

  /** Forgets all that is not in flight any more. */
  keep(rows: readonly DisbursementRow[]): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const known of [this.#since, this.#unsent])
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  }

  /** Without the lease it is for somebody else to know. */
  clear(): void {
    this.#since.clear();
    this.#unsent.clear();
  }

  #note(id: string, now: number): void {
    if (!this.#since.has(id)) this.#since.set(id, now);
  }
}
