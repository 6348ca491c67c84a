import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NOTHING_UNMINED, unminedOf } from '../../machines/index.ts';
import { unminedAt, withoutUnmined, withUnmined } from '../../machines/unmined.ts';

const nonce = fc.nat(12);
const maxCost = fc.bigInt({ min: 0n, max: 2n ** 200n });
const steps = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('with' as const), nonce, maxCost }),
    fc.record({ type: fc.constant('without' as const), nonce }),
  ),
);

it('holds one row for each nonce, in their order, and the sum of what they promise, whatever came and went', () => {
  fc.assert(
    fc.property(steps, (history) => {
      let unmined = NOTHING_UNMINED;
      const model = new Map<number, bigint>();
      for (const step of history) {
        const before = structuredClone(unmined);
        const given = unmined;
        if (step.type === 'with') {
          unmined = withUnmined(unmined, { id: `n${step.nonce}`, nonce: step.nonce, maxCost: step.maxCost });
          model.set(step.nonce, step.maxCost);
        } else {
          unmined = withoutUnmined(unmined, step.nonce);
          model.delete(step.nonce);
        }
        expect(given).toEqual(before);
        const rows = [...model].map(([nonce, maxCost]) => ({ id: `n${nonce}`, nonce, maxCost }));
        expect(unmined).toEqual({
          rows: rows.toSorted((a, b) => a.nonce - b.nonce),
          promised: rows.reduce((sum, { maxCost }) => sum + maxCost, 0n),
        });
        expect(unminedOf(rows)).toEqual(unmined);
        for (let nonce = 0; nonce <= 12; nonce += 1)
          expect(unminedAt(unmined, nonce)?.maxCost).toBe(model.get(nonce));
      }
    }),
  );
});

it('is the same object where nothing is taken out, so that nobody looks again', () => {
  const unmined = unminedOf([{ id: 'a', nonce: 3, maxCost: 1n }]);
  expect(withoutUnmined(unmined, 4)).toBe(unmined);
});
