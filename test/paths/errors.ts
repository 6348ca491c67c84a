import {
  CancelledError,
  ConfigurationError,
  LeaseLostError,
  SigningError,
  StorageError,
  SubmissionError,
} from '../../src/errors.ts';

/** One error of each kind that the adapters hand to the charts. */
export const ERRORS = {
  cancelled: new CancelledError('the treasury is empty'),
  poor: new CancelledError('insufficient balance', { insufficientFunds: true }),
  configuration: new ConfigurationError('wrong chain id'),
  leaseLost: new LeaseLostError(),
  notSigned: new SigningError('the signer will not sign this row'),
  signerDown: new SigningError('the signer cannot be reached', { transient: true }),
  storage: new StorageError('the disk is full'),
  outage: new SubmissionError('the RPC cannot be reached'),
  alreadyKnown: new SubmissionError('already known', { verdict: 'alreadyKnown' }),
  refused: new SubmissionError('gas limit exceeded', { verdict: 'refused' }),
} as const;
