// Started by tests under strace: pays what is due in a store, or makes commits in it, in a process of its own.
import { openEvmChain } from '../../../src/chain/evm.ts';
import {
  createCircuitBreaker,
  createTreasuryExecutor,
  type TreasuryExecutorConfig,
} from '../../../src/index.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import type { Store } from '../../../src/store/store.ts';

const [what = '', path = '', rpcUrl = '', privateKey = ''] = process.argv.slice(2);

/** Commits one after another, of every kind that a payment is made of. */
async function commit(store: Store, times: number): Promise<void> {
  for (let at = 0; at < times; at += 1) {
    // Each renewal of the lease is a change.
    const now = Date.now() + at;
    const id = `commit-${at}`;
    const row = {
      destination: `0x${'ab'.repeat(20)}`,
      amount: 1n,
      memo: '',
      scheduledEpoch: 0,
      dependsOn: [],
    };
    await store.importDisbursements([{ id, ...row }], { now });
    const lease = await store.acquireLease({ owner: 'traced', ttlMs: 60_000, now });
    if (lease === undefined) throw new Error('no lease');
    await store.stage(
      lease,
      { disbursementId: id, nonce: at, txHash: `0x${at}`, rawTx: `0x02${at}` },
      { now },
    );
    await store.change(lease, id, { from: ['staged'], to: 'submitted' }, { now });
  }
}

async function pay(store: Store, isHasty: boolean): Promise<void> {
  const chain = await openEvmChain({ rpcUrl, privateKey });
  const circuitBreaker = createCircuitBreaker();
  const { signer, submitter, lookup, epochSource, nextNonce } = chain;
  const ports = { signer, submitter, lookup, epochSource, nextNonce };
  const broken = isHasty ? sendsFirst(store, submitter) : {};
  const executor = createTreasuryExecutor({ identity: 'traced', store, circuitBreaker, ...ports, ...broken });
  await executor.tick();
  await executor.stop();
  circuitBreaker.stop();
  chain.close();
}

/** An executor's parts that keep the bytes of a payment only once they have left. */
function sendsFirst(
  store: Store,
  submitter: TreasuryExecutorConfig['submitter'],
): Pick<TreasuryExecutorConfig, 'store' | 'submitter'> {
  const waiting: (() => Promise<void>)[] = [];
  return {
    store: { ...store, stage: async (...asked) => void waiting.push(() => store.stage(...asked)) },
    submitter: async (...asked) => {
      const txHash = await submitter(...asked);
      for (const stage of waiting.splice(0)) await stage();
      return txHash;
    },
  };
}

const store = await openSqliteStore(
  path,
  what === 'pay without fsync' ? { pragmas: { synchronous: 'off' } } : {},
);
if (what === 'commit') await commit(store, Number(rpcUrl));
else await pay(store, what === 'pay hastily');
await store.close();
