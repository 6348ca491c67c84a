import assert from 'node:assert/strict';
import { reconcile } from '../executor-reconcile.ts';
import type { Scenario } from '../executor-scenario.ts';
import { type Bench, World } from '../executor-world.ts';

/** Whether the call at which the executor dies still leaves the process. */
type LastCall = 'made' | 'never';

/** Kills the executor at its n-th call of a port or of the store, and lets another go on. */
async function playKill(bench: Bench, step: number, lastCall: LastCall): Promise<boolean> {
  const world = await World.open(bench);
  try {
    await world.queue('a', 'b', { id: 'c', dependsOn: ['a'] });
    const doomed = world.executor();
    const killed = Promise.withResolvers<void>();
    world.onStep = (number) => {
      if (number !== step) return undefined;
      world.kill(doomed);
      killed.resolve();
      return lastCall === 'never' ? 'never' : undefined;
    };
    for (let round = 0; round < 4 && world.timeline.length < step; round += 1) {
      const ended = doomed.tick().catch(() => {});
      await world.within(Promise.race([ended, killed.promise]), `step ${step}`);
      await world.chain.mine();
    }
    if (world.timeline.length < step) return false;
    world.onStep = undefined;

    world.clock.increment(60_000);
    await world.payAll(world.executor());
    await world.areAll('finalized');
    assert.equal(await world.chain.transactionsOf(world.evm.address), 3);
    await reconcile(world);
    return true;
  } finally {
    await world.close();
  }
}

const killedAtEachStep = (title: string, lastCall: LastCall): Scenario => ({
  title,
  run: async (bench) => {
    let step = 1;
    while (await playKill(bench, step, lastCall)) step += 1;
    assert.ok(step > 20, `${step} steps`);
  },
});

/** An executor that is gone at any moment. */
export const restarting: readonly Scenario[] = [
  killedAtEachStep(
    'whoever follows an executor that was killed before any step pays the rest, each row once',
    'never',
  ),
  killedAtEachStep(
    'whoever follows one that was killed while a call was out pays the rest, each row once',
    'made',
  ),
];
