import assert from 'node:assert/strict';
import { REVERTING_CODE } from '../chain.ts';
import { scenario } from '../executor-scenario.ts';

const BY = { now: 0, by: 'cli:ada' };

/** What becomes of payments that an operator puts back. */
export const requeueing = [
  scenario('a payment whose nonce was used elsewhere is paid once after it was put back', async (world) => {
    await world.queue('a');
    const executor = world.executor({ confirmations: 2 });
    world.submitter.fail(new Error('down'));
    await world.tick(executor);
    await world.sendForeign();
    await world.chain.mine(2);
    await world.tick(executor);
    await world.is('a', 'deadLetter');
    await world.store.requeue(['a'], BY);
    await world.payAll(executor);
    await world.is('a', 'finalized');
    const { nonce, intents, amount } = await world.row('a');
    assert.deepEqual([nonce, intents.map((intent) => intent.nonce)], [1, [0, 1]]);
    assert.equal(await world.chain.balanceOf(world.payeeOf('a')), amount);
    // What was signed first is looked up, too, and can never be mined.
    assert.equal(await world.chain.transactionsOf(world.evm.address), 2);
  }),

  scenario('a payment that was reverted is paid once after it was put back', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    await world.chain.setCode(world.payeeOf('a'), REVERTING_CODE);
    await world.chain.mine();
    await world.tick(executor);
    await world.is('a', 'deadLetter');
    await world.chain.setCode(world.payeeOf('a'), '0x');
    await world.store.requeue(['a'], BY);
    await world.payAll(executor);
    await world.is('a', 'finalized');
    assert.equal(await world.chain.balanceOf(world.payeeOf('a')), (await world.row('a')).amount);
  }),

  scenario('a payment that was cancelled for want of money is paid once there is some', async (world) => {
    await world.queue('a');
    await world.chain.setBalance(world.evm.address, 0n);
    const executor = world.executor();
    await world.tick(executor);
    await world.is('a', 'cancelled');
    await world.chain.setBalance(world.evm.address, 10n ** 18n);
    await world.store.requeue(['a'], BY);
    await world.payAll(executor);
    await world.is('a', 'finalized');
    assert.equal(world.signer.count, 2);
  }),
];
