import { describe, expect, it } from 'vitest';
import { disbursementMachine } from '../../machines/index.ts';
import { DISBURSEMENT_STATUSES } from '../../machines/records.ts';
import { invokedSources } from '../../src/testing/internals.ts';

describe("the payment's chart", () => {
  it('keeps its id', () => expect(disbursementMachine.id).toBe('disbursement'));

  it('asks its ports by their names', () => {
    expect(invokedSources(disbursementMachine.root)).toEqual(['sign', 'stage', 'submit', 'lookUp', 'record']);
  });
});

it('a disbursement has the statuses of the contract, in the order of its life', () => {
  expect(DISBURSEMENT_STATUSES).toEqual([
    'queued',
    'staged',
    'submitted',
    'executed',
    'finalized',
    'cancelled',
    'deadLetter',
  ]);
});
