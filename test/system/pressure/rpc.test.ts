import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { openTreasury, type Treasury } from '../../../src/treasury.ts';
import { isSubmission, silentRoutesOf, startStuckRpc } from '../../pressure/stuck-rpc.ts';
import { aPayment, startTestChain, type TestChain } from '../../support/chain.ts';

/** How long a call may take here; an operator's may take ten seconds. */
const TIMEOUT_MS = 300;

let folder: string;
let chain: TestChain;
let rpc: Awaited<ReturnType<typeof startStuckRpc>>;
let treasury: Treasury;
beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(() => chain.stop());
beforeEach(async () => {
  await chain.ask('anvil_reset');
  folder = await mkdtemp(join(tmpdir(), 'treasury-rpc-'));
  rpc = await startStuckRpc(chain.url, { lateMs: TIMEOUT_MS / 3 });
  treasury = await openTreasury({
    store: await openSqliteStore(join(folder, 'treasury.db')),
    rpcUrl: rpc.url,
    privateKey: DEV_PRIVATE_KEY,
    version: '0.0.0-test',
    onServerError: (error) => process.emitWarning(`the server failed: ${error}`),
    server: { port: 0 },
    ...{ pollIntervalMs: 20, rpcTimeoutMs: TIMEOUT_MS, submitTimeoutMs: TIMEOUT_MS * 5 },
    policy: { openTimeoutMs: 500 },
  });
});
afterEach(async () => {
  await treasury.close();
  await rpc.close();
  await rm(folder, { recursive: true });
});

async function owe(): Promise<string> {
  const destination = `0x${randomBytes(20).toString('hex')}`;
  await treasury.store.importDisbursements([aPayment({ destination, amount: 7n })], { now: Date.now() });
  return destination;
}

/** Resolves once as many payments are in this status, looked at after each tick. */
async function reached(status: 'submitted' | 'finalized', count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const unsubscribe = treasury.onTick(() => {
    treasury.store.countByStatus().then((counts) => counts[status] === count && resolve(), reject);
  });
  await promise.finally(unsubscribe);
}

describe('an RPC', () => {
  test('that answers late delays everything and stops nothing', async () => {
    rpc.setFate(() => 'late');
    const payees = [await owe(), await owe(), await owe()];
    treasury.start();
    await reached('finalized', 3);
    expect(await silentRoutesOf(treasury.url)).toEqual([]);
    for (const payee of payees) expect(await chain.balanceOf(payee)).toBe(7n);
  });

  test('that hangs at submissions stops no look-up and no route, and pays once when it answers again', async () => {
    await chain.setAutomine(false);
    const first = await owe();
    treasury.start();
    await reached('submitted', 1);
    rpc.setFate((method) => (isSubmission(method) ? 'never' : 'answered'));
    const held = rpc.nextHeld();
    const second = await owe();
    await held;
    // The call is held until after they have answered.
    expect(await silentRoutesOf(treasury.url)).toEqual([]);
    await chain.setAutomine(true);
    await chain.mine();
    await reached('finalized', 1);
    expect(await chain.balanceOf(first)).toBe(7n);
    expect(await chain.balanceOf(second)).toBe(0n);
    rpc.free();
    await reached('finalized', 2);
    expect(await chain.balanceOf(second)).toBe(7n);
  });

  test.each([
    ['at submissions', isSubmission],
    ['at every call', () => true],
  ])('that hangs %s for good stops no shutdown, and the lease is free then', async (_where, hangs) => {
    await owe();
    rpc.setFate((method) => (hangs(method) ? 'never' : 'answered'));
    const held = rpc.nextHeld();
    treasury.start();
    await held;
    expect(await silentRoutesOf(treasury.url)).toEqual([]);
    await treasury.close();
    const store = await openSqliteStore(join(folder, 'treasury.db'));
    expect(await store.acquireLease({ owner: 'next', ttlMs: 1, now: Date.now() })).toBeDefined();
    await store.close();
  });
});
