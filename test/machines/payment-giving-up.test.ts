import { describe, expect, test } from 'vitest';
import { commitmentOf } from '../../machines/commitment.ts';
import { intentToOutbid, intentToSend, isGivenUp } from '../../machines/giving-up.ts';
import type { DisbursementRow, SignedIntent } from '../../machines/index.ts';

const LIMIT = { maxAttempts: 3 };

const intent = (
  txHash: string,
  more: Partial<SignedIntent> & { readonly offers?: bigint } = {},
): SignedIntent => {
  const { offers, ...parts } = more;
  const fee = offers === undefined ? {} : { fee: { maxFeePerGas: offers, maxPriorityFeePerGas: 1n } };
  return { disbursementId: 'a', nonce: 5, txHash, rawTx: '0x02', ...fee, ...parts };
};
const fill = (txHash: string, more = {}) => intent(txHash, { purpose: 'fill', ...more });

const row = (more: Partial<DisbursementRow>): DisbursementRow => ({
  ...{ id: 'a', destination: '0x1', amount: 7n, memo: '', scheduledEpoch: 0, dependsOn: [] },
  ...{ status: 'submitted', nonce: 5, intents: [], attempts: 0, reason: undefined, notBefore: undefined },
  isGap: false,
  ...more,
});

describe('a row is given up', () => {
  test.each([
    [{ attempts: 2 }, false],
    [{ attempts: 3 }, true],
    [{ attempts: 3, status: 'staged' }, true],
    [{ attempts: 3, status: 'queued' }, false],
    [{ attempts: 3, status: 'executed' }, false],
    [{ attempts: 3, status: 'cancelled' }, false],
    [{ status: 'cancelled', isGap: true }, true],
  ] as const)('where it is %o: %s', (more, expected) => {
    expect(isGivenUp(row(more), LIMIT)).toBe(expected);
  });
});

describe('what is sent', () => {
  const intents = [intent('0x1', { nonce: 4 }), intent('0x2'), fill('0x3'), intent('0x4'), fill('0x5')];

  test('is the newest payment with the row\u2019s nonce, or of one that is given up the newest fill', () => {
    expect(intentToSend(row({ intents }), LIMIT)?.txHash).toBe('0x4');
    expect(intentToSend(row({ intents, attempts: 3 }), LIMIT)?.txHash).toBe('0x5');
    expect(intentToSend(row({ intents, nonce: 4 }), LIMIT)?.txHash).toBe('0x1');
  });

  test('is nothing where there is no such', () => {
    expect(intentToSend(row({ intents, nonce: 4, attempts: 3 }), LIMIT)).toBeUndefined();
    expect(intentToSend(row({}), LIMIT)).toBeUndefined();
  });
});

describe('what is outbid', () => {
  test.each([
    [[], undefined],
    [[intent('0x1', { nonce: 4, offers: 9n })], undefined],
    [[intent('0x1', { offers: 5n }), intent('0x2', { offers: 6n })], '0x2'],
    [[intent('0x1', { offers: 6n }), intent('0x2', { offers: 5n })], '0x1'],
    [[intent('0x1', { offers: 5n }), fill('0x2', { offers: 5n })], '0x2'],
    [[intent('0x1', { offers: 5n }), intent('0x2')], '0x1'],
    [[intent('0x1'), intent('0x2')], '0x2'],
  ])('of %o is the one that offers most', (intents, expected) => {
    expect(intentToOutbid(row({ intents }))?.txHash).toBe(expected);
  });
});

describe('what a row may still cost', () => {
  test.each([
    [{ intents: [intent('0x1', { maxCost: 9n }), intent('0x2', { maxCost: 8n })] }, 9n],
    [{ intents: [intent('0x1', { maxCost: 8n }), fill('0x2', { maxCost: 9n })] }, 9n],
    [{ intents: [intent('0x1', { nonce: 4, maxCost: 99n }), intent('0x2', { maxCost: 8n })] }, 8n],
    [{ intents: [intent('0x1')] }, 7n],
    [{ intents: [intent('0x1', { maxCost: 3n }), fill('0x2')] }, 3n],
    [{ isGap: true, status: 'cancelled', intents: [intent('0x1', { maxCost: 9n })] }, 0n],
    [
      {
        isGap: true,
        status: 'cancelled',
        intents: [intent('0x1', { maxCost: 9n }), fill('0x2', { maxCost: 2n })],
      },
      2n,
    ],
    [{ isGap: true, status: 'cancelled', intents: [fill('0x2')] }, 0n],
  ] as const)('is the dearest that can be mined: %o', (more, expected) => {
    expect(commitmentOf(row(more))).toBe(expected);
  });
});
