import {
  CancelledError,
  ConfigurationError,
  SigningError,
  SubmissionError,
  TreasuryExecutorError,
} from '../errors.ts';
import {
  ALREADY_KNOWN,
  INSUFFICIENT_FUNDS,
  MALFORMED_BYTES,
  POOL,
  REFUSED,
  REVERTED,
  UNKNOWN_BLOCK,
  WRONG_CHAIN,
} from './node-texts.ts';
import { RpcFault } from './rpc-fault.ts';

// The only place where a chain's error becomes an outcome. It reads the node's text, never the code alone: anvil has
// -32003 for an empty account and for a nonce that its own mined transaction has used, geth -32000 for nearly all.

const refusedAccess = (fault: RpcFault): ConfigurationError | undefined =>
  fault.status === 401 || fault.status === 403
    ? new ConfigurationError(
        `the RPC refuses our credentials (HTTP ${fault.status}): check the RPC URL and its key`,
        { cause: fault },
      )
    : undefined;

// A revert carries a text that the payee's contract chose: read first, so that "execution reverted: invalid chain id"
// stops nobody but the payee.
const isReverted = (fault: RpcFault): boolean => fault.code === 3 || fault.says(REVERTED);

const classifyAnswer = (fault: RpcFault): TreasuryExecutorError => {
  const { message } = fault;
  const cause = { cause: fault };
  if (isReverted(fault)) return new SubmissionError(message, { ...cause, verdict: 'refused' });
  if (fault.says(WRONG_CHAIN))
    return new ConfigurationError(`the RPC serves another chain: ${message}`, cause);
  if (fault.says(ALREADY_KNOWN)) return new SubmissionError(message, { ...cause, verdict: 'alreadyKnown' });
  if (fault.says(INSUFFICIENT_FUNDS))
    return new CancelledError(message, { ...cause, insufficientFunds: true });
  // Before REFUSED: "replacement transaction underpriced" holds "transaction underpriced".
  if (fault.says(POOL)) return new SubmissionError(message, { ...cause, verdict: 'outage' });
  if (fault.says(REFUSED)) return new SubmissionError(message, { ...cause, verdict: 'refused' });
  if (fault.says(MALFORMED_BYTES))
    return new ConfigurationError(`the stored bytes are no transaction: ${message}`, cause);
  // An answer that names nothing we know says nothing of the row, so that no row dies of a node's inner trouble.
  return new SubmissionError(`outcome unknown: ${message}`, { ...cause, verdict: 'outage' });
};

// The name alone: the message of a stranger's error may hold the request, the key even.
const unexpected = (error: unknown): string =>
  `unexpected ${error instanceof Error ? error.name : typeof error} in the chain adapter`;

/** What a failed `eth_sendRawTransaction` means. What it does not know is an outage with an unknown outcome. */
export const classifySubmission = (error: unknown): TreasuryExecutorError => {
  if (error instanceof TreasuryExecutorError) return error;
  if (!(error instanceof RpcFault)) return new SubmissionError(`outcome unknown: ${unexpected(error)}`);
  const denied = refusedAccess(error);
  if (denied) return denied;
  if (error.kind === 'answered') return classifyAnswer(error);
  const outcome = error.kind === 'unsent' ? 'nothing was sent' : 'outcome unknown';
  return new SubmissionError(`${outcome}: ${error.message}`, { cause: error, verdict: 'outage' });
};

/** What a failed question before signing means: the signer could not do its work, and no row is to blame. */
export const classifySigning = (error: unknown): TreasuryExecutorError => {
  if (error instanceof TreasuryExecutorError) return error;
  if (!(error instanceof RpcFault)) return new SigningError(unexpected(error));
  return refusedAccess(error) ?? new SigningError(error.message, { cause: error, transient: true });
};

/** What a failed gas estimate means: a payee whose code refuses the payment is a fault of that row alone. */
export const classifyEstimate = (error: unknown, destination: string): TreasuryExecutorError =>
  error instanceof RpcFault && error.kind === 'answered' && isReverted(error)
    ? new SigningError(`the destination ${destination} does not accept the payment: ${error.message}`, {
        cause: error,
      })
    : classifySigning(error);

/** Whether the node says that the account cannot pay for it. */
export const isInsufficientFunds = (error: unknown): boolean =>
  error instanceof RpcFault &&
  error.kind === 'answered' &&
  !isReverted(error) &&
  error.says(INSUFFICIENT_FUNDS);

/** Whether the node says that it does not have the block it was asked about: another node, which lags, had answered. */
export const isUnknownBlock = (error: unknown): boolean =>
  error instanceof RpcFault && error.kind === 'answered' && error.says(UNKNOWN_BLOCK);

/** What a failed look-up or other reading means: nothing about any row. */
export const classifyReading = (error: unknown): TreasuryExecutorError => {
  if (error instanceof TreasuryExecutorError) return error;
  if (!(error instanceof RpcFault)) return new SubmissionError(unexpected(error));
  return refusedAccess(error) ?? new SubmissionError(error.message, { cause: error, verdict: 'outage' });
};
