import { randomBytes } from 'node:crypto';
import type { SignedIntent } from '../../machines/index.ts';
import type { TreasuryExecutorConfig } from '../../src/index.ts';
import { SubmissionError } from '../../src/index.ts';

type Ports = Pick<TreasuryExecutorConfig, 'signer' | 'submitter' | 'lookup' | 'nextNonce' | 'epochSource'>;

/** One submission in so many gets no answer, and arrives all the same; one in so many is refused for its own sake. */
const UNANSWERED_EVERY = 7;
const REFUSED_EVERY = 11;
/** More than are ever looked up again. */
const REMEMBERED = 200;

/** A chain that takes what it is given and forgets it soon, so that whatever grows is not the chain. */
export function scriptedChain(): Ports {
  const mined: string[] = [];
  let nonce = 0;
  let submissions = 0;
  const mine = ({ txHash, nonce: used }: SignedIntent) => {
    mined.push(txHash);
    if (mined.length > REMEMBERED) mined.shift();
    nonce = Math.max(nonce, used + 1);
  };
  const hex = (bytes: number) => `0x${randomBytes(bytes).toString('hex')}`;
  return {
    epochSource: () => 0,
    nextNonce: async () => nonce,
    signer: async ({ id }, request) => ({
      disbursementId: id,
      nonce: request.nonce,
      txHash: hex(32),
      rawTx: hex(120),
    }),
    submitter: async (intent) => {
      submissions += 1;
      if (submissions % REFUSED_EVERY === 0) throw new SubmissionError('refused', { verdict: 'refused' });
      mine(intent);
      if (submissions % UNANSWERED_EVERY === 0) throw new SubmissionError('no answer');
      return intent.txHash;
    },
    lookup: async ({ txHash }) =>
      mined.includes(txHash)
        ? { status: 'executed', confirmations: 1 }
        : { status: 'unknown', confirmations: 0 },
  };
}
