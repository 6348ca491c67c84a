import fc from 'fast-check';
import { expect, it } from 'vitest';
import { committedBy } from '../../src/executor/committed.ts';

it('is the sum of all that is promised, and of what has a nonce from some number on, whatever was asked before', () => {
  const commitment = fc.record({ nonce: fc.nat(9), maxCost: fc.bigInt({ min: 0n, max: 2n ** 256n }) });
  fc.assert(
    fc.property(fc.array(commitment), fc.array(fc.nat(10)), (unmined, nonces) => {
      const { committed, committedFrom } = committedBy(unmined);
      const sumFrom = (from: number) =>
        unmined.filter(({ nonce }) => nonce >= from).reduce((sum, { maxCost }) => sum + maxCost, 0n);
      expect(committed).toBe(sumFrom(0));
      for (const nonce of nonces) expect(committedFrom(nonce)).toBe(sumFrom(nonce));
    }),
  );
});
