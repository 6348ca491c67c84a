import type { Disbursement, DisbursementRow } from '../../machines/index.ts';
import type { AuditRecord } from '../../src/store/store.ts';

/** A transaction in a block of the chain, as the node tells it. */
export interface MinedTransaction {
  readonly hash: string;
  /** Lower case, like `to`. */
  readonly from: string;
  readonly to: string;
  readonly nonce: number;
  readonly value: bigint;
  readonly hasSucceeded: boolean;
  /** What its gas has cost. */
  readonly fee: bigint;
}

/** What the chain says, read from its blocks and accounts. */
export interface ChainEvidence {
  /** Of all accounts, in the order of the chain. */
  readonly transactions: readonly MinedTransaction[];
  /** Of each payee that was ever asked for. */
  readonly balances: ReadonlyMap<string, bigint>;
  readonly payer: {
    readonly address: string;
    readonly balanceBefore: bigint;
    readonly balance: bigint;
    /** As many as it has sent. */
    readonly nextNonce: number;
  };
}

/** What is left of a run: chain and store at its end, and a list of its own of what was asked for. */
export interface Evidence {
  readonly asked: readonly Disbursement[];
  readonly chain: ChainEvidence;
  readonly rows: readonly DisbursementRow[];
  readonly trail: readonly AuditRecord[];
  /** What `treasury audit` came to. */
  readonly audit: { readonly code: number | null; readonly said: string };
  readonly leaseOwner: string | null;
  /** What SQLite's `integrity_check` found: nothing in a sound file. */
  readonly damage: readonly string[];
}
