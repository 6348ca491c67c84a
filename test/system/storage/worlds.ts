import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect } from 'vitest';
import { SHIPPED_CHARTS } from '../../../src/executor/executor-actors.ts';
import { StorageError, type TreasuryExecutor } from '../../../src/index.ts';
import { startTestChain, type TestChain } from '../../support/chain.ts';
import { reconcile } from '../../support/executor-reconcile.ts';
import { World, type WorldOptions } from '../../support/executor-world.ts';

/** Worlds on one chain for a file of tests. */
export function worlds(): (play: (world: World) => Promise<void>, options?: WorldOptions) => Promise<void> {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startTestChain();
    await chain.setAutomine(false);
  });
  afterAll(() => chain.stop());
  return async (play, options) => {
    const world = await World.open({ chain, charts: SHIPPED_CHARTS, waitMs: 10_000 }, options);
    try {
      await play(world);
      await reconcile(world);
    } finally {
      await world.close();
    }
  };
}

/** A connection of another program to the store of a world. */
export function connect(world: World): DatabaseSync {
  const connection = new DatabaseSync(join(world.folder, 'treasury.db'));
  world.whenClosed(() => connection.close());
  return connection;
}

/** What must hold after a fault of the storage, whichever write met it. */
export async function expectFaulted(
  world: World,
  executor: TreasuryExecutor,
  fault: unknown,
  message: RegExp,
): Promise<void> {
  expect(fault).toBeInstanceOf(StorageError);
  expect(fault).toMatchObject({ message: expect.stringMatching(message) });
  expect(executor.snapshot.state).toBe('faulted');
  const sent = world.submitter.count;
  expect(await world.faultOf(executor.tick())).toBe(fault);
  expect(world.submitter.count).toBe(sent);
  const { state, failures, successes, generation } = world.breaker;
  expect({ state, failures, successes, generation }).toEqual({
    ...{ state: 'CLOSED', failures: 0, successes: 0, generation: 0 },
  });
  expect(world.toldTypes).not.toContain('FAILURE');
  for (const { id, attempts, reason, intents } of await world.rows()) {
    expect({ id, attempts, reason }).toEqual({ id, attempts: 0, reason: undefined });
    if (world.sent.includes(id)) expect(intents, `the bytes of ${id}`).toHaveLength(1);
  }
}

/** Ends a faulted executor as the command does, and pays with another one what is left. */
export async function restartAndPay(world: World, faulted: TreasuryExecutor): Promise<void> {
  await world.stop(faulted);
  // Its lease may still stand: what could not be written was not released either.
  world.clock.increment(60_000);
  await world.payAll(world.executor());
  await world.areAll('finalized');
}
