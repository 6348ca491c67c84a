import assert from 'node:assert/strict';
import { scenario } from '../executor-scenario.ts';

const waits = (id: string, ...dependsOn: string[]) => ({ id, dependsOn });

/** Rows that wait for others. */
export const depending = [
  scenario('a row is paid once everything that it depends on is executed', async (world) => {
    await world.queue('a', waits('b', 'a'), waits('c', 'a', 'b'));
    const executor = world.executor();
    await world.tick(executor);
    assert.deepEqual(await world.statuses(), { a: 'submitted', b: 'queued', c: 'queued' });
    await world.chain.mine();
    await world.tick(executor);
    assert.deepEqual(await world.statuses(), { a: 'finalized', b: 'submitted', c: 'queued' });
    await world.payAll(executor);
    assert.deepEqual(world.sent, ['a', 'b', 'c']);
  }),

  scenario('rows that wait do not use up the batch: the search goes on behind them', async (world) => {
    await world.queue(
      waits('a', 'nobody'),
      waits('b', 'a'),
      waits('c', 'd'),
      waits('d', 'c'),
      waits('e', 'nobody'),
      'x',
      'y',
      'z',
    );
    const executor = world.executor({ batchSize: 2 });
    await world.tick(executor);
    assert.deepEqual(world.sent, ['x', 'y']);
    assert.equal(executor.snapshot.error, undefined);
    await world.tick(executor);
    assert.deepEqual(world.sent, ['x', 'y', 'z']);
    await world.tick(executor);
    assert.equal(world.submitter.count, 3);
    assert.equal(executor.snapshot.state, 'idle');
  }),

  scenario('a check of your own decides instead', async (world) => {
    await world.queue('a', waits('b', 'nobody'));
    const executor = world.executor({
      dependencyCheck: async ({ id }, store) => id === 'b' && (await store.find('a'))?.status === 'queued',
    });
    await world.tick(executor);
    assert.deepEqual(world.sent, ['b']);
  }),

  scenario('a check that throws makes its row wait, is told, and stops nobody', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor({
      dependencyCheck: async ({ id }) => {
        if (id === 'a') throw new Error('who knows');
        return true;
      },
    });
    await world.tick(executor);
    assert.deepEqual(await world.statuses(), { a: 'queued', b: 'submitted' });
    assert.equal(executor.snapshot.error, 'who knows');
    assert.deepEqual(world.toldTypes, ['SUCCESS']);
  }),

  scenario('a check that does not answer in time makes its row wait', async (world) => {
    await world.queue('a');
    const asked = Promise.withResolvers<void>();
    const executor = world.executor({
      dependencyCheck: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const ticking = executor.tick();
    await world.within(asked.promise, 'the check');
    world.clock.increment(30_000);
    await world.within(ticking, 'the tick');
    await world.is('a', 'queued');
    assert.equal(executor.snapshot.error, 'the dependency check of a did not answer in time');
  }),
];
