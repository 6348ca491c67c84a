import { highestPrice, offerFees, readFeeMarket } from '../../chain/fees.ts';
import { getBlock, quantity, toQuantity } from '../../chain/quantities.ts';
import type { Rpc } from '../../chain/rpc.ts';
import { accountAndChain } from './account-and-chain.ts';
import { type Check, type Finding, failed, ok, warning } from './check.ts';
import type { DoctorOptions, Subject } from './subject.ts';
import { counted } from './texts.ts';

/** Gas of a plain transfer. A payee that is a contract takes more. */
const TRANSFER_GAS = 21_000n;

/** Whether the account can pay what the store holds. */
export const balance: Check = {
  name: 'balance',
  async examine(subject, { signal }) {
    const found = await accountAndChain(subject);
    if ('finding' in found) return [found];
    const { address, chain } = found;
    const [has, price] = await Promise.all([
      quantity(chain.rpc, 'eth_getBalance', [address, 'latest'], signal),
      readPrice(chain.rpc, signal),
    ]);
    return [judgeBalance({ address, has, price, ...(await readOpen(subject)) }, subject.options)];
  },
};

/** What is to be paid, queued for a later epoch too. */
interface Open {
  readonly payments: number;
  /** Base units. */
  readonly amount: bigint;
}

interface Purse extends Open {
  readonly address: string;
  /** Base units. */
  readonly has: bigint;
  /** Base units that one unit of gas costs at most, as a payment would be signed now. */
  readonly price: bigint;
}

export function judgeBalance(
  { address, has, price, payments, amount }: Purse,
  { onInsufficientFunds }: Pick<DoctorOptions, 'onInsufficientFunds'>,
): Finding {
  const fees = BigInt(payments) * TRANSFER_GAS * price;
  const short = amount + fees - has;
  const due = `${counted(payments, 'open payment')} of ${amount} base units and up to ${fees} for gas`;
  if (has === 0n) {
    const wanted = payments === 0 ? 'some' : `${short}`;
    return failed(`${address} has nothing, for ${due}`, `send it ${wanted} base units`);
  }
  if (short <= 0n) return ok(`${has} base units, for ${due}`);
  const fate =
    onInsufficientFunds === 'hold'
      ? 'what it cannot pay waits in the queue'
      : 'what it cannot pay is cancelled, unless --on-insufficient-funds hold keeps it in the queue';
  return warning(`${has} base units, for ${due}: ${fate}`, `send ${short} base units to ${address}`);
}

async function readPrice(rpc: Rpc, signal: AbortSignal): Promise<bigint> {
  const { baseFeePerGas } = await getBlock(rpc, 'latest', signal);
  const baseFee = baseFeePerGas == null ? undefined : toQuantity(baseFeePerGas, 'eth_getBlockByNumber');
  return highestPrice(offerFees(await readFeeMarket(rpc, baseFee, signal)));
}

/** A store that is missing or cannot be read is another line's fault. */
async function readOpen(subject: Subject): Promise<Open> {
  const look = await subject.store().catch(() => undefined);
  const tallies = await look?.tallies().catch(() => undefined);
  const open = tallies === undefined ? [] : [tallies.queued, tallies.staged, tallies.submitted];
  return {
    payments: open.reduce((sum, { rows }) => sum + rows, 0),
    amount: open.reduce((sum, tally) => sum + tally.amount, 0n),
  };
}
