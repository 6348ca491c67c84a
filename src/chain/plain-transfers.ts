import { keccak256 } from 'viem/utils';
import type { Disbursement } from '../../machines/index.ts';
import type { Clock } from '../clock.ts';
import { quantity } from './quantities.ts';
import type { Rpc } from './rpc.ts';
import { RpcFault } from './rpc-fault.ts';

/** What a plain transfer costs, exactly; also what everything costs at least. */
export const TRANSFER_GAS = 21_000n;

/** Tells the payments whose gas needs no estimate. */
export interface PlainTransfers {
  /** Asks for all rows at once what {@link isPlain} needs. Fails silently: each row then asks for itself. */
  prepare(rows: readonly Disbursement[], signal: AbortSignal): Promise<void>;
  /** Whether paying this row to this address is a plain transfer. */
  isPlain(row: Disbursement, to: string, signal: AbortSignal): Promise<boolean>;
}

interface PlainTransfersOptions {
  readonly rpc: Rpc;
  readonly address: string;
  readonly clock: Pick<Clock, 'now'>;
}

// Between two batches a payee may get code. A block later that can happen to any estimate, too.
const CODE_AGE_MS = 5_000;
// A fork may change what a transfer costs.
const PRICE_AGE_MS = 60_000;

/** Precompiled contracts have no code, and are kept in the lowest addresses by every chain. */
const LAST_PRECOMPILE = 0xffffn;

/** An address that nobody has: what has not been paid before can cost more, on chains that charge for a new account. */
const strangerOf = (address: string): string =>
  `0x${keccak256(address.toLowerCase() as `0x${string}`).slice(-40)}`;

const unlessAnswered = (error: unknown): false => {
  if (error instanceof RpcFault && (error.kind === 'answered' || error.kind === 'malformed')) return false;
  throw error;
};

/**
 * A payment to an address without code costs what every plain transfer does, so that an estimate of it tells nothing
 * new, and it costs a node several times as much as the reading of a code. That holds where plain transfers have that
 * one price, which is asked for: on some chains they have not, and everything is estimated there.
 */
export const createPlainTransfers = ({ rpc, address, clock }: PlainTransfersOptions): PlainTransfers => {
  let price: { readonly isUsual: boolean; readonly readAt: number } | undefined;
  let prepared = new Map<
    string,
    { readonly to: string; readonly isCode: boolean; readonly readAt: number }
  >();

  const costsTheUsual = async (to: string, value: string, signal: AbortSignal): Promise<boolean> => {
    const call = { from: address, to, value };
    return (await quantity(rpc, 'eth_estimateGas', [call, 'latest'], signal)) === TRANSFER_GAS;
  };

  const isUsualPrice = async (signal: AbortSignal): Promise<boolean> => {
    if (price !== undefined && clock.now() - price.readAt < PRICE_AGE_MS) return price.isUsual;
    const readAt = clock.now();
    const answers = await Promise.all([
      costsTheUsual(address, '0x0', signal),
      costsTheUsual(strangerOf(address), '0x1', signal),
    ]);
    price = { isUsual: !answers.includes(false), readAt };
    return price.isUsual;
  };

  const hasCode = async (to: string, signal: AbortSignal): Promise<boolean> =>
    (await rpc.request('eth_getCode', [to, 'latest'], signal)) !== '0x';

  const isTooLow = (to: string): boolean => BigInt(to) <= LAST_PRECOMPILE;

  return {
    async prepare(rows, signal) {
      const readAt = clock.now();
      const found: typeof prepared = new Map();
      prepared = found;
      if (!(await isUsualPrice(signal).catch(() => false))) return;
      const payees = Map.groupBy(rows, ({ destination }) => destination.toLowerCase());
      const read = async (to: string, its: readonly Disbursement[]) => {
        const isCode = await hasCode(to, signal);
        for (const { id } of its) found.set(id, { to, isCode, readAt });
      };
      await Promise.allSettled(
        [...payees]
          .filter(([to]) => /^0x[0-9a-f]{40}$/.test(to) && !isTooLow(to))
          .map(([to, its]) => read(to, its)),
      );
    },

    async isPlain({ id }, destination, signal) {
      const to = destination.toLowerCase();
      if (isTooLow(to)) return false;
      try {
        if (!(await isUsualPrice(signal))) return false;
        const known = prepared.get(id);
        prepared.delete(id);
        const isKnown = known?.to === to && clock.now() - known.readAt < CODE_AGE_MS;
        return !(isKnown ? known.isCode : await hasCode(to, signal));
      } catch (error) {
        return unlessAnswered(error);
      }
    },
  };
};
