import { setTimeout as sleep } from 'node:timers/promises';
import { fromPromise } from 'xstate';

export interface Item {
  readonly sku: string;
  readonly quantity: number;
}

/** The warehouse. */
export const reserveStock = fromPromise<{ shelf: string }, { items: readonly Item[] }>(
  async ({ input, signal }) => {
    await sleep(900, undefined, { signal });
    return { shelf: `shelf ${input.items.length}` };
  },
);

/** The bank, which on every third order does not answer at first. */
export const chargeCard = fromPromise<
  { receipt: string },
  { order: number; attempt: number; cardNumber: string }
>(async ({ input: { order, attempt }, signal }) => {
  await sleep(1_100, undefined, { signal });
  if (order % 3 === 0 && attempt === 1) throw new Error('the bank did not answer');
  return { receipt: `R-${order}` };
});
