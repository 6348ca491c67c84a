import { openEvmChain } from '../../../src/chain/evm.ts';
import { systemClock } from '../../../src/clock.ts';
import {
  createCircuitBreaker,
  createTreasuryExecutor,
  type TreasuryExecutorConfig,
} from '../../../src/index.ts';
import type { Store } from '../../../src/store/store.ts';

type Parts = Pick<TreasuryExecutorConfig, 'store' | 'submitter'>;

/** An hour ahead: a lease that a fault has left is over. */
const clock = { ...systemClock, wallNow: () => Date.now() + 3_600_000 };

/** The block of a payment may be made after the tick that looks for it. */
const MOST_TICKS = 200;

/** Pays what is due in a store, in this process, with the executor as it is shipped but for what is said. */
export async function payDue(
  store: Store,
  { rpcUrl, privateKey }: { readonly rpcUrl: string; readonly privateKey: string },
  change: (parts: Parts) => Parts = (parts) => parts,
): Promise<void> {
  const chain = await openEvmChain({ rpcUrl, privateKey });
  const circuitBreaker = createCircuitBreaker();
  const { signer, submitter, lookup, epochSource, nextNonce } = chain;
  const executor = createTreasuryExecutor({
    ...{ identity: 'pay-due', signer, lookup, epochSource, nextNonce, circuitBreaker, clock },
    ...change({ store, submitter }),
  });
  for (let tick = 0; tick < MOST_TICKS && (await store.progress()).outstanding > 0; tick += 1) {
    await executor.tick();
  }
  await executor.stop();
  circuitBreaker.stop();
  chain.close();
}
