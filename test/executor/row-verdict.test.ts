import { describe, expect, test } from 'vitest';
import type { ChainVerdict, DisbursementRow, SignedIntent } from '../../machines/index.ts';
import { rowVerdict } from '../../src/executor/row-verdict.ts';

const row = (nonce: number) => ({ nonce }) as DisbursementRow;

const said = (nonce: number, status: ChainVerdict['status'], confirmations = 0) => ({
  intent: { nonce } as SignedIntent,
  status,
  confirmations,
});

const fill = (nonce: number, status: ChainVerdict['status'], confirmations = 0) => ({
  intent: { nonce, purpose: 'fill' } as SignedIntent,
  status,
  confirmations,
});

describe('what the chain says of a row', () => {
  test.each([
    ['its only transaction', [said(3, 'pending')], { status: 'pending', confirmations: 0 }],
    ['its only one, mined', [said(3, 'executed', 4)], { status: 'executed', confirmations: 4 }],
    ['its only one, reverted', [said(3, 'reverted', 2)], { status: 'reverted', confirmations: 2 }],
    ['another one of its nonce', [said(3, 'replaced', 5)], { status: 'replaced', confirmations: 5 }],
    ['nothing', [said(3, 'unknown')], { status: 'unknown', confirmations: 0 }],
    ['no transaction at all', [], { status: 'unknown', confirmations: 0 }],
    [
      'one of two, which replaced the other',
      [said(3, 'replaced', 2), said(3, 'executed', 2)],
      { status: 'executed', confirmations: 2 },
    ],
    [
      'one that was mined and is called replaced by its other half, when that is not known yet',
      [said(3, 'replaced', 9), said(3, 'unknown')],
      { status: 'unknown', confirmations: 0 },
    ],
    [
      'one that waits in the pool, although a lagging node saw the nonce used',
      [said(3, 'replaced', 9), said(3, 'pending')],
      { status: 'pending', confirmations: 0 },
    ],
    [
      'a stranger of both',
      [said(3, 'replaced', 9), said(3, 'replaced', 2)],
      { status: 'replaced', confirmations: 2 },
    ],
    [
      'its second one, after the first could never be mined',
      [said(1, 'replaced', 900), said(3, 'pending')],
      { status: 'pending', confirmations: 0 },
    ],
    [
      'its second one, not known yet, after the first was reverted',
      [said(1, 'reverted', 900), said(3, 'unknown')],
      { status: 'unknown', confirmations: 0 },
    ],
    [
      'its first one after all',
      [said(1, 'executed', 900), said(3, 'replaced', 9)],
      { status: 'executed', confirmations: 900 },
    ],
    [
      'both, which cannot be: the deeper one',
      [said(1, 'executed', 2), said(3, 'executed', 7)],
      { status: 'executed', confirmations: 7 },
    ],
    [
      'the fill of its nonce: another transaction has it',
      [said(3, 'unknown'), fill(3, 'executed', 6)],
      { status: 'replaced', confirmations: 6 },
    ],
    [
      'a fill that was reverted: it has the nonce all the same',
      [said(3, 'replaced', 4), fill(3, 'reverted', 4)],
      { status: 'replaced', confirmations: 4 },
    ],
    [
      'the payment that was mined before its fill',
      [said(3, 'executed', 2), fill(3, 'replaced', 2)],
      { status: 'executed', confirmations: 2 },
    ],
    [
      'the payment that was reverted before its fill',
      [said(3, 'reverted', 2), fill(3, 'replaced', 2)],
      { status: 'reverted', confirmations: 2 },
    ],
    [
      'a fill that waits in the pool',
      [said(3, 'unknown'), fill(3, 'pending')],
      { status: 'pending', confirmations: 0 },
    ],
    [
      'its second payment, after the nonce of the first was filled',
      [said(1, 'replaced', 900), fill(1, 'executed', 900), said(3, 'pending')],
      { status: 'pending', confirmations: 0 },
    ],
  ] as const)('is what it says of %s', (_, verdicts, expected) => {
    expect(rowVerdict(row(3), verdicts)).toEqual(expected);
  });
});
