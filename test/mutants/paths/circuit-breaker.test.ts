import { describe, it } from 'vitest';
import { NEW_BREAKERS, RESTORED_BREAKERS } from '../../paths/breaker-cases.ts';
import { expectBreakerPath } from '../../paths/breaker-expectation.ts';
import { exploreBreaker } from '../../paths/charts.ts';

describe('every path of a breaker with', () => {
  const variants = [...NEW_BREAKERS, ...RESTORED_BREAKERS];

  it.each(variants.map((variant) => [variant.title, variant] as const))('%s', (_, variant) => {
    for (const path of exploreBreaker(variant)) expectBreakerPath(variant, path);
  });
});
