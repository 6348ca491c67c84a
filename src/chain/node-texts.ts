// What nodes say, in lower case, each text beginning a word: geth, erigon, reth, nethermind, besu and anvil.

/** The bytes are for another chain than the node's. */
export const WRONG_CHAIN: readonly string[] = [
  'invalid chain id',
  'invalid chainid',
  'wrong chain id',
  'wrong chainid',
  'incorrect chain id',
  'chain id mismatch',
  'chainid mismatch',
  'chain id does not match',
  'invalidtxchainid',
  'invalidchainid',
];

/** The node has these bytes, or their nonce is used. */
export const ALREADY_KNOWN: readonly string[] = [
  'already known',
  'alreadyknown',
  'already imported',
  'known transaction',
  'already in mempool',
  'nonce too low',
  'nonce is too low',
  'nonce below',
  'oldnonce',
  'old nonce',
  'nonce has already been used',
];

/** The account cannot pay for it. */
export const INSUFFICIENT_FUNDS: readonly string[] = [
  'insufficient funds',
  'insufficientfunds',
  'insufficient balance',
  'upfront cost exceeds account balance',
  "doesn't have enough funds",
  'does not have enough funds',
  'not enough funds',
  'lackoffundformaxfee',
];

/** The pool, or the transactions before it, stand in the way of a row that may be perfectly well. */
export const POOL: readonly string[] = [
  'nonce too high',
  'nonce gap',
  'noncegap',
  'gapped-nonce',
  'noncetoofarinfuture',
  'nonce too distant',
  'nonce too far',
  'replacement transaction underpriced',
  'replacement is underpriced',
  'replacementnotallowed',
  'could not replace',
  'txpool is full',
  'pool is full',
  'transaction pool',
  'mempool',
  'account limit exceeded',
  'future transaction tries to replace',
  'address already reserved',
  'in-flight transaction limit',
];

/**
 * The node names a fault of this very transaction. A fee that is too low is one: the bytes are fixed, the next row
 * gets newer fees, and only a fill or a bump helps this one.
 */
export const REFUSED: readonly string[] = [
  'intrinsic gas',
  'gas too low',
  'gas limit',
  'gaslimitexceeded',
  'gas uint64 overflow',
  'floor data gas',
  'callgascostmorethangaslimit',
  'transaction underpriced',
  'gas price too low',
  'gas price below',
  'gas price is too low',
  'gas tip cap',
  'fee cap',
  'fee too low',
  'feetoolow',
  'max fee per gas',
  'max priority fee',
  'max_priority_fee',
  'less than block base fee',
  'below current base fee',
  'gaspricelessthanbasefee',
  'exceeds the configured cap',
  'transaction type not supported',
  'txtypenotsupported',
  'unsupported transaction type',
  'unknown transaction type',
  'invalid sender',
  'sender not an eoa',
  'senderiscontract',
  'oversized data',
  'negative value',
  'nonce has max value',
  'only replay-protected',
  'not supported by the current hardfork',
];

/** The node has not seen this block yet, or keeps no state of it. */
export const UNKNOWN_BLOCK: readonly string[] = [
  'header not found',
  'block not found',
  'unknown block',
  'header for hash not found',
  'could not find block',
  'missing trie node',
  'blockoutofrange',
  'block number out of range',
];

/** What was sent is no transaction at all. */
export const MALFORMED_BYTES: readonly string[] = [
  'rlp:',
  'failed to decode',
  'decode transaction',
  'decode signed transaction',
  'typed transaction too short',
  'invalid raw transaction',
  'empty transaction data',
  'transaction data is empty',
  'v, r, s',
  'invalid signature',
];

/** The code at the destination failed. */
export const REVERTED: readonly string[] = [
  'execution reverted',
  'revert',
  'evm error',
  'vm execution error',
  'vm exception',
  'out of gas',
  'invalid opcode',
  'invalid jump',
  'stack underflow',
  'stack overflow',
  'stack limit',
  'write protection',
  'return data out of bounds',
  'max call depth',
  'gas required exceeds allowance',
  'always failing transaction',
];
