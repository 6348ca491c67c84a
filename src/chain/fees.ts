import type { FeeOffer } from '../../machines/index.ts';
import type { SigningRequest } from './ports.ts';
import { quantity } from './quantities.ts';
import type { Rpc } from './rpc.ts';
import { RpcFault } from './rpc-fault.ts';

/** What the chain asks for gas at one block, in base units: with a base fee (EIP-1559), or one price without. */
export type FeeMarket = { readonly baseFee: bigint; readonly tip: bigint } | { readonly gasPrice: bigint };

/** The fee fields of a transaction, as the serializer takes them, in base units per gas. */
export type Fees =
  | { readonly type: 'eip1559'; readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
  | { readonly type: 'legacy'; readonly gasPrice: bigint };

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** The fee market at a block whose base fee is given, `undefined` where blocks have none. */
export const readFeeMarket = async (
  rpc: Rpc,
  baseFee: bigint | undefined,
  signal?: AbortSignal,
): Promise<FeeMarket> => {
  if (baseFee === undefined) return { gasPrice: await quantity(rpc, 'eth_gasPrice', [], signal) };
  try {
    return { baseFee, tip: await quantity(rpc, 'eth_maxPriorityFeePerGas', [], signal) };
  } catch (error) {
    if (!(error instanceof RpcFault && error.kind === 'answered')) throw error;
    // Not every node has that method. Its gas price is base fee plus tip; 1 is the least that pools take.
    return { baseFee, tip: max((await quantity(rpc, 'eth_gasPrice', [], signal)) - baseFee, 1n) };
  }
};

/**
 * The fees to sign with: twice the base fee plus the tip outlasts six full blocks in a row (12.5 % each), and what the
 * block does not take is not paid. A replacement offers at least what it was asked to.
 */
export const offerFees = (
  market: FeeMarket,
  atLeast?: NonNullable<SigningRequest['fee']>['atLeast'],
): Fees => {
  const floor = atLeast ?? { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
  if ('gasPrice' in market) return { type: 'legacy', gasPrice: max(market.gasPrice, floor.maxFeePerGas) };
  const maxPriorityFeePerGas = max(market.tip, floor.maxPriorityFeePerGas);
  const maxFeePerGas = max(2n * market.baseFee + maxPriorityFeePerGas, floor.maxFeePerGas);
  return { type: 'eip1559', maxFeePerGas, maxPriorityFeePerGas };
};

/** What these fees offer, in the terms in which a replacement outbids them. */
export const feeOffer = (fees: Fees): FeeOffer =>
  fees.type === 'legacy'
    ? { maxFeePerGas: fees.gasPrice, maxPriorityFeePerGas: fees.gasPrice }
    : { maxFeePerGas: fees.maxFeePerGas, maxPriorityFeePerGas: fees.maxPriorityFeePerGas };

/** The most that one unit of gas can cost with these fees. */
export const highestPrice = (fees: Fees): bigint =>
  fees.type === 'legacy' ? fees.gasPrice : fees.maxFeePerGas;
