import { describe, it } from 'vitest';
import { explorePayment, replayPayment } from '../../paths/charts.ts';
import { PAYMENTS } from '../../paths/payment-cases.ts';
import { expectPaymentPath } from '../../paths/payment-expectation.ts';

describe('every path of', () => {
  it.each(PAYMENTS.map((variant) => [variant.title, variant] as const))('%s', (_, variant) => {
    for (const path of explorePayment(variant)) expectPaymentPath(variant, path, replayPayment(path).edge);
  });
});
