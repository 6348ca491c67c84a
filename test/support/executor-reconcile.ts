import assert from 'node:assert/strict';
import type { World } from './executor-world.ts';

/**
 * Compares the chain with the store: nobody got more than once what he is due, who was paid for sure has it, who
 * never had bytes has nothing, and every nonce was used for one row.
 */
export async function reconcile(world: World): Promise<void> {
  const rows = await world.rows();
  const nonces = rows.flatMap(({ nonce }) => (nonce === undefined ? [] : [nonce]));
  assert.equal(new Set(nonces).size, nonces.length, 'a nonce belongs to one row');
  for (const { id, destination, amount, status, intents } of rows) {
    const got = await world.chain.balanceOf(destination);
    if (status === 'executed' || status === 'finalized') assert.equal(got, amount, `${id} is paid once`);
    else if (intents.length === 0 || status === 'cancelled' || status === 'deadLetter')
      assert.equal(got, 0n, `${id} is ${status} and was not paid`);
    else assert.ok(got === 0n || got === amount, `${id} got ${got} instead of ${amount}`);
  }
}
