import { describe, expect, it } from 'vitest';
import {
  isAlreadyKnown,
  isCancellation,
  isConfigurationFault,
  isFinalFault,
  isLeaseLost,
  isShortOfFunds,
  isSigningRefusal,
  isStorageFault,
  isSubmissionRefusal,
} from '../../machines/faults.ts';
import { ERRORS } from '../paths/errors.ts';

// The table of errors in the contract, from the charts' side: what each kind of error is to them.

const QUESTIONS = {
  isStorageFault,
  isConfigurationFault,
  isFinalFault,
  isLeaseLost,
  isCancellation,
  isShortOfFunds,
  isSigningRefusal,
  isSubmissionRefusal,
  isAlreadyKnown,
};
type Question = keyof typeof QUESTIONS;

const YES: Record<keyof typeof ERRORS, readonly Question[]> = {
  storage: ['isStorageFault', 'isFinalFault'],
  configuration: ['isConfigurationFault', 'isFinalFault'],
  leaseLost: ['isLeaseLost'],
  cancelled: ['isCancellation'],
  poor: ['isCancellation', 'isShortOfFunds'],
  notSigned: ['isSigningRefusal'],
  signerDown: [],
  refused: ['isSubmissionRefusal'],
  alreadyKnown: ['isAlreadyKnown'],
  outage: [],
};

const answersTo = (error: unknown): readonly string[] =>
  Object.entries(QUESTIONS)
    .filter(([, isSo]) => isSo(error))
    .map(([name]) => name);

describe('what the charts see in an error', () => {
  it.each(Object.entries(YES))('%s', (name, expected) => {
    expect(answersTo(ERRORS[name as keyof typeof ERRORS])).toEqual(expected);
  });

  it.each([
    ['no error', undefined],
    ['an error of somebody else', new Error('storage')],
    ['a signing error that does not say whether it passes', { kind: 'signing' }],
  ])('%s', (_, error) => {
    expect(answersTo(error)).toEqual(
      error instanceof Error || error === undefined ? [] : ['isSigningRefusal'],
    );
  });
});
