import { expect, test } from 'vitest';
import { asError, fromSigner, fromStore, fromSubmitter } from '../../src/executor/thrown.ts';
import {
  CancelledError,
  ConfigurationError,
  LeaseLostError,
  SigningError,
  StorageError,
  SubmissionError,
} from '../../src/index.ts';

test.each([
  ['signer', fromSigner, SigningError],
  ['submitter', fromSubmitter, SubmissionError],
  ['store', fromStore, StorageError],
] as const)('anything that a %s throws becomes an error of its kind', (_port, from, kind) => {
  for (const thrown of [new Error('why'), 'why']) {
    const error = from(thrown);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toBe('why');
    expect(error.cause).toBe(thrown);
  }
});

test('what a port throws on purpose is kept', () => {
  for (const error of [new CancelledError('no'), new ConfigurationError('no'), new StorageError('no')]) {
    expect(fromSigner(error)).toBe(error);
    expect(fromSubmitter(error)).toBe(error);
  }
  const lost = new LeaseLostError();
  expect(fromStore(lost)).toBe(lost);
});

test('a signing fault counts against its row and a submission fault is an outage, unless said otherwise', () => {
  expect((fromSigner('?') as SigningError).transient).toBe(false);
  expect((fromSubmitter('?') as SubmissionError).verdict).toBe('outage');
});

test('what is only reported is an Error in any case', () => {
  const error = new Error('why');
  expect(asError(error)).toBe(error);
  expect(asError('why')).toEqual(new Error('why'));
});
