import { keccak256, parseTransaction, serializeTransaction } from 'viem';
import type { SigningAccount } from '../../src/chain/signer.ts';

export const CHAIN_ID = 31_337;
/** The treasury's account, lower case. */
export const ACCOUNT = `0x${'7a'.repeat(20)}`;

/** A transaction of the treasury's account. */
export interface Transaction {
  readonly hash: string;
  readonly nonce: number;
  /** Lower case. */
  readonly to: string;
  readonly value: bigint;
  readonly gas: bigint;
  readonly maxFee: bigint;
  readonly tip: bigint;
  /** The payee turns it down when it is mined. */
  readonly reverts: boolean;
  /** Somebody else made it with our key. */
  readonly isForeign: boolean;
}

export interface Block {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly baseFee: bigint;
  readonly transactions: readonly Transaction[];
  /** Of the account, after this block. */
  readonly nonce: number;
  readonly balance: bigint;
}

/** Payees that accept a payment until it is mined. */
export const TURNCOAT = `0x${'bad0'.repeat(8)}`;

/**
 * A key whose signatures are made of nothing: real ones cost a third of a run, and no node of the simulation checks
 * them. Bytes and hashes are as real as any.
 */
export const simulatedAccount: SigningAccount = {
  address: ACCOUNT as `0x${string}`,
  signTransaction: async (transaction) => {
    const unsigned = serializeTransaction(transaction);
    const word = keccak256(unsigned);
    return serializeTransaction(transaction, { r: word, s: word, yParity: 0 }) as never;
  },
};

const decoded = new Map<string, Transaction>();

/** Reads the bytes that were sent. */
export function decode(rawTx: string): Transaction {
  const known = decoded.get(rawTx);
  if (known !== undefined) return known;
  const fields = parseTransaction(rawTx as `0x02${string}`);
  const to = (fields.to ?? '').toLowerCase();
  const transaction: Transaction = {
    hash: keccak256(rawTx as `0x${string}`),
    nonce: fields.nonce ?? 0,
    to,
    value: fields.value ?? 0n,
    gas: fields.gas ?? 0n,
    maxFee: fields.maxFeePerGas ?? 0n,
    tip: fields.maxPriorityFeePerGas ?? 0n,
    reverts: to.startsWith(TURNCOAT),
    isForeign: false,
  };
  if (decoded.size > 1_000) decoded.clear();
  decoded.set(rawTx, transaction);
  return transaction;
}
