import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unminedOf } from '../../machines/index.ts';
import { committedBy } from '../../src/executor/committed.ts';

it('is the sum of all that is promised, and of what has a nonce from some number on, whatever was asked before', () => {
  const row = fc.record({
    id: fc.string(),
    nonce: fc.nat(9),
    maxCost: fc.bigInt({ min: 0n, max: 2n ** 256n }),
  });
  const oneForEach = fc.uniqueArray(row, { selector: ({ nonce }) => nonce });
  fc.assert(
    fc.property(oneForEach, fc.array(fc.nat(10)), (rows, nonces) => {
      const { committed, committedFrom } = committedBy(unminedOf(rows));
      const sumFrom = (from: number) =>
        rows.filter(({ nonce }) => nonce >= from).reduce((sum, { maxCost }) => sum + maxCost, 0n);
      expect(committed).toBe(sumFrom(0));
      for (const nonce of nonces) expect(committedFrom(nonce)).toBe(sumFrom(nonce));
    }),
  );
});
