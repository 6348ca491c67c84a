import { describe, expect, it } from 'vitest';
import {
  classifyEstimate,
  classifyReading,
  classifySigning,
  classifySubmission,
  isInsufficientFunds,
} from '../../src/chain/classify.ts';
import { RpcFault, type RpcFaultKind } from '../../src/chain/rpc-fault.ts';
import { ConfigurationError, SigningError, SubmissionError } from '../../src/errors.ts';

const answered = (text: string, code = -32000, status = 200) =>
  new RpcFault('answered', `the node answered "${text}"`, { status, code, remote: text });

const outcome = (error: unknown): string => {
  const classified = classifySubmission(error);
  return classified instanceof SubmissionError ? classified.verdict : classified.kind;
};

// Texts as the nodes send them: anvil 1.7.1 and geth as measured, the others from their sources.
const ANSWERS: [outcome: string, text: string, code?: number][] = [
  ['cancelled', 'Insufficient funds for gas * price + value', -32003],
  ['cancelled', 'insufficient funds for gas * price + value: balance 1, tx cost 21000, overshot 20999'],
  [
    'cancelled',
    'insufficient funds for gas * price + value: balance 1, queued cost 5, tx cost 7, overshot 11',
  ],
  ['cancelled', 'InsufficientFunds, Balance is 1 less than sending value + gas 7'],
  ['cancelled', 'Upfront cost exceeds account balance', -32004],
  ['alreadyKnown', 'already known'],
  ['alreadyKnown', 'nonce too low: next nonce 5, tx nonce 3'],
  ['alreadyKnown', 'nonce too low', -32003],
  ['alreadyKnown', 'transaction already imported', -32003],
  ['alreadyKnown', 'known transaction: 0xabc'],
  ['alreadyKnown', 'AlreadyKnown'],
  ['alreadyKnown', 'OldNonce, Current nonce: 4, nonce of rejected tx: 3'],
  ['alreadyKnown', 'Transaction nonce is too low. Try incrementing the nonce.', -32010],
  ['outage', 'nonce too high'],
  ['outage', 'NonceGap, Future nonce. Expected nonce: 3'],
  ['outage', 'replacement transaction underpriced', -32003],
  ['outage', 'txpool is full'],
  ['outage', 'account limit exceeded'],
  ['outage', 'internal error', -32603],
  ['outage', 'daily request count exceeded, request rate limited', -32005],
  ['outage', 'a sentence that no node has said yet', -32003],
  ['outage', ''],
  ['refused', 'transaction underpriced'],
  ['refused', 'transaction underpriced: gas tip cap 1, minimum needed 1000000'],
  ['refused', 'max fee per gas less than block base fee', -32003],
  ['refused', 'intrinsic gas too low', -32003],
  ['refused', 'intrinsic gas too high -- tx.gas_limit > env.block.gas_limit', -32003],
  ['refused', 'exceeds block gas limit'],
  ['refused', 'transaction type not supported'],
  ['refused', 'unknown transaction type'],
  ['refused', 'invalid sender'],
  ['refused', 'tx fee (1.50 ether) exceeds the configured cap (1.00 ether)'],
  ['refused', 'execution reverted', 3],
  ['configuration', 'invalid chain id for signer', -32003],
  ['configuration', 'invalid sender: invalid chain id for signer: have 5 want 1'],
  ['configuration', 'Wrong chainId', -32602],
  ['configuration', 'Failed to decode transaction', -32602],
  ['configuration', 'rlp: expected input list for types.LegacyTx'],
  ['configuration', 'typed transaction too short'],
];

describe('a refused submission', () => {
  it.each(ANSWERS)('is %s for "%s"', (expected, text, code) => {
    expect(outcome(answered(text, code))).toBe(expected);
  });

  it('is read by its text, whatever the code', () => {
    for (const code of [-32000, -32003, -32603, 7]) {
      expect(outcome(answered('nonce too low', code))).toBe('alreadyKnown');
      expect(outcome(answered('insufficient funds', code))).toBe('cancelled');
    }
  });

  it('lets the text that a payee put into a revert stop nobody else', () => {
    for (const text of ['invalid chain id', 'nonce too low', 'insufficient funds', 'rlp: bad'])
      expect(outcome(answered(`execution reverted: ${text}`, 3))).toBe('refused');
  });

  it('reads only the beginning of a long text', () => {
    expect(outcome(answered(`${'x'.repeat(1_000_000)} nonce too low`))).toBe('outage');
  });
});

const fault = (kind: RpcFaultKind, status?: number) => new RpcFault(kind, `a ${kind} fault`, { status });

describe('a submission without an answer', () => {
  it.each([
    ['unsent', undefined],
    ['unanswered', undefined],
    ['malformed', 200],
    ['http', 429],
    ['http', 500],
    ['http', 503],
    ['http', 404],
  ] as const)('is an outage: %s %s', (kind, status) => {
    expect(outcome(fault(kind, status))).toBe('outage');
  });

  it('says whether anything can have been sent', () => {
    expect(classifySubmission(fault('unsent')).message).toContain('nothing was sent');
    for (const kind of ['unanswered', 'malformed', 'http'] as const)
      expect(classifySubmission(fault(kind)).message).toContain('outcome unknown');
  });

  it.each([401, 403])('is for the operator when the credentials are refused: %s', (status) => {
    for (const error of [fault('http', status), answered('nonce too low', -32000, status)]) {
      expect(outcome(error)).toBe('configuration');
      expect(classifySigning(error)).toBeInstanceOf(ConfigurationError);
      expect(classifyReading(error)).toBeInstanceOf(ConfigurationError);
    }
  });

  it('repeats nothing of an error that it does not know', () => {
    const stranger = new TypeError('the key is 0xac09');
    for (const classified of [
      classifySubmission(stranger),
      classifySigning(stranger),
      classifyReading(stranger),
    ]) {
      expect(classified.message).toContain('TypeError');
      expect(classified.message).not.toContain('0xac09');
      expect(classified.cause).toBeUndefined();
    }
  });

  it('passes on what is classified already', () => {
    const done = new ConfigurationError('done');
    expect([classifySubmission(done), classifySigning(done), classifyReading(done)]).toEqual([
      done,
      done,
      done,
    ]);
  });
});

describe('a question before signing', () => {
  const transient = (error: unknown) => error instanceof SigningError && error.transient;

  it('fails transiently where the RPC does', () => {
    for (const error of [fault('unsent'), fault('http', 503), answered('header not found')])
      expect(transient(classifySigning(error))).toBe(true);
    expect(transient(classifyEstimate(answered('rate limited', -32005), '0xpayee'))).toBe(true);
  });

  it.each([
    ['execution reverted', 3],
    ['execution reverted: insufficient funds', -32000],
    ['EVM error InvalidFEOpcode', -32603],
    ['gas required exceeds allowance (30000000)', -32000],
    ['VM execution error.', -32015],
  ] as const)('is the fault of the row when its payee fails: %s', (text, code) => {
    const classified = classifyEstimate(answered(text, code), '0xpayee');
    expect(classified).toBeInstanceOf(SigningError);
    expect(transient(classified)).toBe(false);
    expect(classified.message).toContain('0xpayee');
  });

  it('knows the answer about money from a revert that talks of it', () => {
    expect(isInsufficientFunds(answered('insufficient funds for transfer'))).toBe(true);
    expect(isInsufficientFunds(answered('execution reverted: insufficient funds', 3))).toBe(false);
    expect(isInsufficientFunds(fault('unanswered'))).toBe(false);
  });
});
