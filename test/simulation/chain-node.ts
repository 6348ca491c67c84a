import { RpcFault } from '../../src/chain/rpc-fault.ts';
import type { FaultCounter } from './fault-counts.ts';
import type { Random } from './random.ts';
import { ACCOUNT, type Block, CHAIN_ID, decode, type Transaction } from './transactions.ts';

/** What is done to one submission on purpose: it is taken and forgotten, or the account seems to be empty. */
export type Treatment = 'dropped' | 'poor';

/** Whose errors a node speaks with. Both have one code for different meanings. */
export type Flavour = 'geth' | 'anvil';

export interface NodeOptions {
  readonly name: string;
  readonly flavour: Flavour;
  /** Transactions that the pool holds. */
  readonly poolLimit: number;
  /** How far ahead of the next nonce a transaction may be. */
  readonly queueLimit: number;
  /** Of being taken and never seen again. */
  readonly silentDrop: () => number;
  readonly random: Random;
  readonly faults: FaultCounter;
  /** Payees that refuse a payment when it is estimated. */
  readonly refusing: ReadonlySet<string>;
  /** Is told of what the pool has taken. */
  readonly onAccepted: (transaction: Transaction) => void;
}

const CODES: Readonly<Record<Flavour, number>> = { geth: -32000, anvil: -32003 };

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** A block as a node tells it. */
const told = (block: Block | undefined) =>
  block === undefined
    ? null
    : {
        number: hex(block.number),
        hash: block.hash,
        parentHash: block.parentHash,
        baseFeePerGas: hex(block.baseFee),
        transactions: block.transactions.map(({ hash, nonce }) => ({
          hash,
          nonce: hex(nonce),
          from: ACCOUNT,
          blockHash: block.hash,
          blockNumber: hex(block.number),
        })),
      };

const topUp = (fee: bigint): bigint => fee + (fee + 9n) / 10n;

/** One node: the blocks that it has seen, and a pool of its own. */
export class ChainNode {
  readonly #options: NodeOptions;
  view: readonly Block[];
  readonly pool = new Map<string, Transaction>();

  constructor(options: NodeOptions, genesis: Block) {
    this.#options = options;
    this.view = [genesis];
  }

  get name(): string {
    return this.#options.name;
  }

  get head(): Block {
    return this.view.at(-1) as Block;
  }

  /** Takes over a chain: what it has mined leaves the pool. */
  follow(blocks: readonly Block[]): void {
    this.view = blocks;
    for (const [hash, { nonce }] of this.pool) if (nonce < this.head.nonce) this.pool.delete(hash);
  }

  /** Puts a transaction into the pool that another node took, if it fits there. */
  hear(transaction: Transaction): void {
    const { nonce, hash } = transaction;
    if (nonce < this.head.nonce || this.pool.has(hash) || this.pool.size >= this.#options.poolLimit) return;
    const rival = this.#atNonce(nonce);
    if (rival !== undefined && !outbids(transaction, rival)) return;
    if (rival !== undefined) this.pool.delete(rival.hash);
    this.pool.set(hash, transaction);
  }

  /** @throws RpcFault of kind `answered` */
  answer(method: string, params: readonly unknown[], treatment?: Treatment): unknown {
    const [first, second] = params;
    switch (method) {
      case 'eth_chainId':
        return hex(CHAIN_ID);
      case 'eth_blockNumber':
        return hex(this.head.number);
      case 'eth_maxPriorityFeePerGas':
        return hex(1_000_000_000);
      case 'eth_getBlockByNumber':
        return this.#block(String(first));
      case 'eth_getBlockByHash':
        return told(this.view.find(({ hash }) => hash === first));
      case 'eth_getBalance':
        return hex(this.#at(String(second), method).balance);
      case 'eth_getTransactionCount':
        return hex(second === 'pending' ? this.#pendingNonce() : this.#at(String(second), method).nonce);
      case 'eth_getCode':
        // What refuses is a contract: PUSH1 0 PUSH1 0 REVERT.
        return this.#options.refusing.has(String(first)) ? '0x60006000fd' : '0x';
      case 'eth_estimateGas':
        return this.#estimate(first as { readonly to: string; readonly value: string });
      case 'eth_getTransactionReceipt':
        return this.#receipt(String(first));
      case 'eth_getTransactionByHash':
        return this.#find(String(first));
      case 'eth_sendRawTransaction':
        return this.#take(decode(String(first)), treatment);
      default:
        throw this.#error(method, `the method ${method} does not exist`, -32601);
    }
  }

  #error(method: string, text: string, code = CODES[this.#options.flavour]): RpcFault {
    return new RpcFault('answered', `${method}: the node answered "${text}" (code ${code})`, {
      status: 200,
      code,
      remote: text,
    });
  }

  #at(tag: string, method: string): Block {
    const block = tag === 'latest' ? this.head : this.view[Number(tag)];
    if (block === undefined) throw this.#error(method, 'header not found', -32000);
    return block;
  }

  #block(tag: string) {
    return told(tag === 'latest' ? this.head : this.view[Number(tag)]);
  }

  #pendingNonce(): number {
    const waiting = new Set([...this.pool.values()].map(({ nonce }) => nonce));
    let next = this.head.nonce;
    while (waiting.has(next)) next += 1;
    return next;
  }

  #estimate({ to, value }: { readonly to: string; readonly value: string }): string {
    if (this.#options.refusing.has(to)) throw this.#error('eth_estimateGas', 'execution reverted: no', 3);
    if (BigInt(value) > this.head.balance)
      throw this.#error('eth_estimateGas', 'insufficient funds for transfer');
    return hex(21_000);
  }

  #receipt(hash: string) {
    for (const block of this.view.toReversed()) {
      const index = block.transactions.findIndex((transaction) => transaction.hash === hash);
      if (index < 0) continue;
      return {
        transactionHash: hash,
        blockNumber: hex(block.number),
        blockHash: block.hash,
        status: block.transactions[index]?.reverts ? '0x0' : '0x1',
      };
    }
    return null;
  }

  #find(hash: string) {
    const isKnown = this.pool.has(hash) || this.#receipt(hash) !== null;
    return isKnown ? { hash } : null;
  }

  #atNonce(nonce: number): Transaction | undefined {
    return [...this.pool.values()].find((transaction) => transaction.nonce === nonce);
  }

  #take(transaction: Transaction, treatment: Treatment | undefined): string {
    const { flavour, faults, random, silentDrop } = this.#options;
    const fault = treatment === 'poor' ? this.#poverty() : this.#refusal(transaction);
    if (fault !== undefined) {
      if (flavour === 'anvil') faults.fired('chain: one code for two meanings');
      throw this.#error('eth_sendRawTransaction', fault);
    }
    if (treatment === 'dropped' || random.chance(silentDrop())) {
      faults.fired('chain: silent drop after acceptance');
      return transaction.hash;
    }
    const rival = this.#atNonce(transaction.nonce);
    if (rival !== undefined) this.pool.delete(rival.hash);
    if (transaction.nonce > this.#pendingNonce()) faults.fired('chain: gapped transaction queued');
    this.pool.set(transaction.hash, transaction);
    this.#options.onAccepted(transaction);
    return transaction.hash;
  }

  #poverty(): string {
    this.#options.faults.fired('chain: insufficient funds');
    return this.#options.flavour === 'geth'
      ? 'insufficient funds for gas * price + value: balance 1, tx cost 2, overshot 1'
      : 'Insufficient funds for gas * price + value';
  }

  /** One that can be mined now is worth more than one that waits for others. */
  #makeRoom(nonce: number): boolean {
    const next = this.#pendingNonce();
    const [last] = [...this.pool.values()]
      .filter((other) => other.nonce > next)
      .sort((a, b) => b.nonce - a.nonce);
    if (nonce !== next || last === undefined) return false;
    return this.pool.delete(last.hash);
  }

  /** What stands against a transaction, in the words of the node. */
  #refusal(transaction: Transaction): string | undefined {
    const { flavour, faults, poolLimit, queueLimit } = this.#options;
    const { nonce, hash, maxFee } = transaction;
    if (nonce < this.head.nonce)
      return flavour === 'geth'
        ? `nonce too low: next nonce ${this.head.nonce}, tx nonce ${nonce}`
        : 'nonce too low';
    if (this.pool.has(hash)) return flavour === 'geth' ? 'already known' : 'transaction already imported';
    const rival = this.#atNonce(nonce);
    const others = [...this.pool.values()].filter((other) => other !== rival);
    const promised = flavour === 'geth' ? others.reduce((sum, other) => sum + costOf(other), 0n) : 0n;
    if (promised + costOf(transaction) > this.head.balance) {
      return this.#poverty();
    }
    if (flavour === 'anvil' && maxFee < this.head.baseFee) {
      faults.fired('chain: fee below base fee');
      return 'max fee per gas less than block base fee';
    }
    if (rival !== undefined && !outbids(transaction, rival)) {
      faults.fired('chain: replacement underpriced');
      return 'replacement transaction underpriced';
    }
    if (rival === undefined && this.pool.size >= poolLimit && !this.#makeRoom(nonce)) {
      faults.fired('chain: pool is full');
      return 'txpool is full';
    }
    if (nonce - this.#pendingNonce() > queueLimit) {
      faults.fired('chain: too far ahead for the queue');
      return flavour === 'geth' ? 'account limit exceeded' : 'nonce too high';
    }
    return undefined;
  }
}

/** The most that a transaction can take from the account. */
export const costOf = ({ value, gas, maxFee }: Transaction): bigint => value + gas * maxFee;

const outbids = (transaction: Transaction, rival: Transaction): boolean =>
  transaction.maxFee >= topUp(rival.maxFee) && transaction.tip >= topUp(rival.tip);
