import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DisbursementRow, FeeOffer, SignedIntent } from '../../machines/index.ts';
import { bumpFault, ceilingFault, fillOffer, isOverdue, outbidding } from '../../src/executor/fee-bump.ts';

const RULE = { bumpAfterMs: 1_000, maxFeePerGas: 900n };
const fee = (maxFeePerGas: bigint, maxPriorityFeePerGas = 1n): FeeOffer => ({
  maxFeePerGas,
  maxPriorityFeePerGas,
});
const intentWith = (parts: Partial<SignedIntent>): SignedIntent => ({
  ...{ disbursementId: 'a', nonce: 3, txHash: '0x1', rawTx: '0x02' },
  ...parts,
});
const rowWith = (...intents: readonly Partial<SignedIntent>[]) =>
  ({ intents: intents.map(intentWith) }) as unknown as DisbursementRow;

describe('what a replacement offers at least', () => {
  test('is an eighth more of both, and never the same', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 128n), fc.bigInt(0n, 2n ** 128n), (highest, tip) => {
        const { maxFeePerGas, maxPriorityFeePerGas } = outbidding(fee(highest, tip));
        for (const [before, after] of [
          [highest, maxFeePerGas],
          [tip, maxPriorityFeePerGas],
        ] as const) {
          expect(after > before).toBe(true);
          expect(after * 8n >= before * 9n).toBe(true);
          expect(after * 8n < before * 9n + 16n).toBe(true);
        }
      }),
    );
  });

  test.each([
    [0n, 1n],
    [1n, 2n],
    [8n, 9n],
    [9n, 11n],
    [1_000n, 1_125n],
  ])('of %i is %i', (before, after) => {
    expect(outbidding(fee(before)).maxFeePerGas).toBe(after);
  });
});

describe('a payment waits for too long', () => {
  const at = (now: number, ...intents: readonly Partial<SignedIntent>[]) =>
    isOverdue(rowWith(...intents), RULE, now);

  test('from so long on since its last transaction became durable', () => {
    expect(at(1_499, { fee: fee(10n), storedAt: 500 })).toBe(false);
    expect(at(1_500, { fee: fee(10n), storedAt: 500 })).toBe(true);
    expect(at(1_500, { fee: fee(10n), storedAt: 0 }, { fee: fee(12n), storedAt: 501 })).toBe(false);
  });

  test('never, where there is no room beneath the ceiling', () => {
    expect(at(9_999, { fee: fee(800n), storedAt: 0 })).toBe(true);
    expect(at(9_999, { fee: fee(801n), storedAt: 0 })).toBe(false);
  });

  test('never, where it is not known what it offers, or since when', () => {
    expect(at(9_999, { storedAt: 0 })).toBe(false);
    expect(at(9_999, { fee: fee(10n) })).toBe(false);
    expect(at(9_999)).toBe(false);
  });
});

describe('a replacement', () => {
  const faultOf = (offer: FeeOffer | undefined) =>
    bumpFault(intentWith(offer === undefined ? {} : { fee: offer }), fee(80n, 8n), RULE);

  test.each([
    [fee(90n, 9n), undefined],
    [fee(900n, 9n), undefined],
    [fee(89n, 9n), 'the replacement does not offer an eighth more'],
    [fee(90n, 8n), 'the replacement does not offer an eighth more'],
    [fee(901n, 9n), 'the replacement would offer 901 for gas, above the ceiling of 900'],
    [undefined, 'the signer does not say what the replacement offers'],
  ])('that offers %o: %s', (offer, expected) => {
    expect(faultOf(offer)).toBe(expected);
  });
});

describe('a fill', () => {
  test.each([
    [fee(80n, 8n), fee(90n, 9n)],
    [fee(800n, 8n), fee(900n, 9n)],
    [fee(801n, 8n), fee(900n, 9n)],
    [fee(9_000n, 9_000n), fee(900n, 900n)],
  ])('of what offers %o offers at least %o: an eighth more, up to the ceiling', (replaced, expected) => {
    expect(fillOffer(replaced, RULE)).toEqual(expected);
  });

  test('is refused above the ceiling only', () => {
    const faultOf = (parts: Partial<SignedIntent>) => ceilingFault(intentWith(parts), RULE);
    expect(faultOf({ fee: fee(900n) })).toBeUndefined();
    expect(faultOf({})).toBeUndefined();
    expect(faultOf({ fee: fee(901n) })).toMatch('above the ceiling of 900');
  });
});
