import {
  isTreasuryExecutorError,
  LeaseLostError,
  SigningError,
  StorageError,
  SubmissionError,
} from '../errors.ts';
import { messageOf } from '../message-of.ts';

/** An error that a port threw on purpose is kept; anything else becomes the kind that belongs to the port. */
function kept(thrown: unknown, otherwise: (message: string, cause: unknown) => Error): Error {
  return isTreasuryExecutorError(thrown) ? thrown : otherwise(messageOf(thrown), thrown);
}

export const fromSigner = (thrown: unknown): Error =>
  kept(thrown, (message, cause) => new SigningError(message, { cause }));

export const fromSubmitter = (thrown: unknown): Error =>
  kept(thrown, (message, cause) => new SubmissionError(message, { cause }));

export const fromStore = (thrown: unknown): Error =>
  thrown instanceof LeaseLostError
    ? thrown
    : kept(thrown, (message, cause) => new StorageError(message, { cause }));

/** For sources that are only reported. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(messageOf(thrown));
