import type { PrivateKeyAccount } from 'viem/accounts';
import { keccak256 } from 'viem/utils';
import type { Disbursement } from '../../machines/index.ts';
import { type Clock, systemClock } from '../clock.ts';
import { CancelledError, SigningError } from '../errors.ts';
import type { AccountReader, AccountView } from './account-view.ts';
import { addressFault } from './address.ts';
import { classifyEstimate, classifySigning, isInsufficientFunds } from './classify.ts';
import { type Fees, feeOffer, highestPrice, offerFees } from './fees.ts';
import { createPlainTransfers, TRANSFER_GAS } from './plain-transfers.ts';
import type { PortContext, Signer, SigningRequest } from './ports.ts';
import { quantity } from './quantities.ts';
import type { Rpc } from './rpc.ts';

/** The key, as far as a signer needs it. */
export type SigningAccount = Pick<PrivateKeyAccount, 'address' | 'signTransaction'>;

interface SignerOptions {
  readonly rpc: Rpc;
  readonly account: SigningAccount;
  readonly chainId: number;
  readonly reader: AccountReader;
  /** Tells how old is what {@link Signer.prepare} was told. */
  readonly clock?: Pick<Clock, 'now'>;
}

interface Transfer {
  readonly to: `0x${string}`;
  readonly value: bigint;
}

const transferOf = (row: Disbursement, request: SigningRequest, self: `0x${string}`): Transfer => {
  if (request.purpose === 'fill') return { to: self, value: 0n };
  if (addressFault(row.destination) !== undefined)
    throw new SigningError(`the destination ${row.destination} is no address`);
  // The serializer takes capital letters for a checksum.
  return { to: row.destination.toLowerCase() as `0x${string}`, value: row.amount };
};

const costOf = ({ value }: Transfer, gas: bigint, fees: Fees): bigint => value + gas * highestPrice(fees);

const available = (view: AccountView, request: SigningRequest): bigint =>
  view.balance - request.committedFrom(view.transactionCount);

/**
 * Signs payments and fills with one local key.
 *
 * It compares before it signs: balance less what is promised to rows that are not in that balance yet, against amount
 * plus highest fee (rule M4). So an empty treasury cancels a row while it has no nonce.
 *
 * Errors: `CancelledError` insufficient balance; `SigningError` transient where the RPC failed, of the row where the
 * destination refuses the payment; `ConfigurationError` for another chain or refused credentials.
 */
export const createSigner = (options: SignerOptions): Signer => {
  const { rpc, account, chainId, reader, clock = systemClock } = options;
  const plain = createPlainTransfers({ rpc, address: account.address, clock });

  const estimate = async (transfer: Transfer, signal: AbortSignal): Promise<bigint> => {
    // No fees in the call, so that the node does not check them against a balance that pending transactions share.
    const call = { from: account.address, to: transfer.to, value: `0x${transfer.value.toString(16)}` };
    const gas = await quantity(rpc, 'eth_estimateGas', [call, 'latest'], signal);
    // A contract may find more to do in the block that mines it than in the one that we asked; unused gas is not paid.
    return gas <= TRANSFER_GAS ? TRANSFER_GAS : gas + gas / 4n;
  };

  /** The fees to sign with, by a view that was read for this decision: only such a one may cancel a row. */
  const affordNow = async (
    transfer: Transfer,
    gas: bigint,
    request: SigningRequest,
    signal: AbortSignal,
  ): Promise<Fees> => {
    const view = await reader.fresh(request.committed, signal);
    const fees = offerFees(view.market, request.fee?.atLeast);
    const have = available(view, request);
    const need = costOf(transfer, gas, fees);
    if (have >= need) return fees;
    throw new CancelledError(
      `insufficient balance: have ${have}, need ${need} base units (balance ${view.balance}, promised ${view.balance - have})`,
      { insufficientFunds: true },
    );
  };

  /** The fees to sign with, by a recent view if the account can pay by it. */
  const afford: typeof affordNow = async (transfer, gas, request, signal) => {
    const view = await reader.recent(request.committed, signal);
    const fees = offerFees(view.market, request.fee?.atLeast);
    const canPay = available(view, request) >= costOf(transfer, gas, fees);
    return canPay ? fees : affordNow(transfer, gas, request, signal);
  };

  const gasFor = async (
    row: Disbursement,
    transfer: Transfer,
    request: SigningRequest,
    signal: AbortSignal,
  ): Promise<bigint> => {
    if (request.purpose === 'fill') return TRANSFER_GAS;
    try {
      return (await plain.isPlain(row, transfer.to, signal))
        ? TRANSFER_GAS
        : await estimate(transfer, signal);
    } catch (error) {
      if (!isInsufficientFunds(error)) throw classifyEstimate(error, transfer.to);
      // The node's word on money is not ours, as it knows no promises: the balance is read again and decides.
      await affordNow(transfer, TRANSFER_GAS, request, signal);
      throw classifySigning(error);
    }
  };

  const sign: Signer = async (disbursement, request, { signal }) => {
    try {
      const transfer = transferOf(disbursement, request, account.address);
      // Asked first, because a node may not estimate what the account cannot pay.
      await afford(transfer, TRANSFER_GAS, request, signal);
      const gas = await gasFor(disbursement, transfer, request, signal);
      const fees = await afford(transfer, gas, request, signal);
      const rawTx = await account.signTransaction({
        ...fees,
        ...transfer,
        chainId,
        nonce: request.nonce,
        gas,
      });
      const maxCost = costOf(transfer, gas, fees);
      reader.expect(request.committed + maxCost);
      return {
        disbursementId: disbursement.id,
        nonce: request.nonce,
        txHash: keccak256(rawTx),
        rawTx,
        maxCost,
        fee: feeOffer(fees),
      };
    } catch (error) {
      throw classifySigning(error);
    }
  };

  return Object.assign(sign, {
    prepare: (rows: readonly Disbursement[], { signal }: PortContext) => plain.prepare(rows, signal),
  });
};
