// Started by tests under strace: pays what is due in a store, or makes commits in it, in a process of its own.
import type { TreasuryExecutorConfig } from '../../../src/index.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import type { Store } from '../../../src/store/store.ts';
import { payDue } from './pay-due.ts';

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

/** An executor's parts that keep the bytes of a payment only once they have left. */
function sendsFirst({
  store,
  submitter,
}: Pick<TreasuryExecutorConfig, 'store' | 'submitter'>): Pick<TreasuryExecutorConfig, 'store' | 'submitter'> {
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

const store = await openSqliteStore(path);
if (what === 'commit') await commit(store, Number(rpcUrl));
else await payDue(store, { rpcUrl, privateKey }, what === 'pay hastily' ? sendsFirst : undefined);
await store.close();
