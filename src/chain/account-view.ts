import type { Clock } from '../clock.ts';
import { ConfigurationError } from '../errors.ts';
import { isUnknownBlock } from './classify.ts';
import { type FeeMarket, readFeeMarket } from './fees.ts';
import { getBlock, quantity, toQuantity } from './quantities.ts';
import type { Rpc } from './rpc.ts';

/** The signing account at one block. Balance and count belong together: a mined row is in both or in neither. */
export interface AccountView {
  /** Base units. */
  readonly balance: bigint;
  /** Transactions of the account in blocks, which is its next nonce there. */
  readonly transactionCount: number;
  readonly market: FeeMarket;
}

/** Reads the account for the signer, and keeps what it read for a moment. */
export interface AccountReader {
  /** Reads it now, for a caller with that much committed. */
  fresh(committed: bigint, signal: AbortSignal): Promise<AccountView>;
  /** The last view, if it is young and `committed` is what our own signatures made of it; a fresh one otherwise. */
  recent(committed: bigint, signal: AbortSignal): Promise<AccountView>;
  /** Says what `committed` will be at the next call, if nothing but the signature just made changes it. */
  expect(committed: bigint): void;
}

interface AccountReaderOptions {
  readonly rpc: Rpc;
  readonly address: string;
  readonly chainId: number;
  readonly clock: Pick<Clock, 'now'>;
}

// A batch of a hundred rows is signed within seconds, and six requests for each would be most of its time.
const VIEW_AGE_MS = 1_000;
/** How often a view is tried to be read where nodes are not level. */
const READINGS = 4;

/**
 * A cached balance is dangerous in one way: a row that was mined after it was read leaves `committed`, and the old
 * balance still has its money. So the cache holds only while `committed` is exactly what it was plus what was signed
 * since; comparing for "lower" alone would miss a row that settles while a dearer one is added.
 */
export const createAccountReader = ({
  rpc,
  address,
  chainId,
  clock,
}: AccountReaderOptions): AccountReader => {
  let last: { readonly view: AccountView; readonly readAt: number } | undefined;
  let expected: bigint | undefined;

  const read = async (committed: bigint, signal: AbortSignal): Promise<AccountView> => {
    last = undefined;
    const readAt = clock.now();
    const block = await getBlock(rpc, 'latest', signal);
    const at = `0x${toQuantity(block['number'], 'eth_getBlockByNumber').toString(16)}`;
    const baseFee =
      block['baseFeePerGas'] == null ? undefined : toQuantity(block['baseFeePerGas'], 'eth_getBlockByNumber');
    const [balance, count, market, servedChainId] = await Promise.all([
      quantity(rpc, 'eth_getBalance', [address, at], signal),
      quantity(rpc, 'eth_getTransactionCount', [address, at], signal),
      readFeeMarket(rpc, baseFee, signal),
      quantity(rpc, 'eth_chainId', [], signal),
    ]);
    if (servedChainId !== BigInt(chainId))
      throw new ConfigurationError(`the RPC serves chain ${servedChainId} now, it was opened as ${chainId}`);
    const view = { balance, transactionCount: Number(count), market };
    last = { view, readAt };
    expected = committed;
    return view;
  };

  /** A node behind the same endpoint that lags does not know the block that another has told. */
  const fresh = async (committed: bigint, signal: AbortSignal): Promise<AccountView> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await read(committed, signal);
      } catch (error) {
        if (attempt === READINGS || !isUnknownBlock(error)) throw error;
      }
    }
  };

  return {
    fresh,
    recent: async (committed, signal) =>
      last !== undefined && clock.now() - last.readAt < VIEW_AGE_MS && committed === expected
        ? last.view
        : fresh(committed, signal),
    expect: (committed) => {
      expected = committed;
    },
  };
};
