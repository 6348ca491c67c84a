import { keccak256, toHex } from 'viem';
import { ChainNode, costOf, type Flavour } from './chain-node.ts';
import { EXEMPTIONS } from './exemptions.ts';
import type { FaultCounter } from './fault-counts.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';
import { ACCOUNT, type Block, type Transaction } from './transactions.ts';
import type { VirtualTime } from './virtual-time.ts';

const GWEI = 1_000_000_000n;
const CALM_BASE_FEE = 10n * GWEI;
const HIGHEST_BASE_FEE = 200n * GWEI;

/** Less than a payment and its fee. */
const PITTANCE = 10n ** 14n;

/** How impolite the chain is. Probabilities, each for one occasion. */
export interface ChainTemper {
  readonly blockMs: number;
  readonly flavour: Flavour;
  readonly poolLimit: number;
  readonly queueLimit: number;
  readonly silentDrop: number;
  /** Of a transaction in the pool, at each block. */
  readonly eviction: number;
  /** Of a transaction that could be mined, to be left for the next block. */
  readonly delay: number;
  /** At each block: that the newest ones are replaced. Never as many as `confirmations`. */
  readonly reorganisation: number;
  readonly confirmations: number;
  /** The second node hears of blocks and transactions so much later. Milliseconds at the most. */
  readonly lagMs: number;
  /** Of the other node never hearing of a transaction. */
  readonly gossipLoss: number;
  /** At each block: that the base fee is multiplied. */
  readonly feeRise: number;
  /** Base units. */
  readonly balance: bigint;
}

const CALM = {
  blockMs: 1_000,
  silentDrop: 0,
  eviction: 0,
  delay: 0,
  reorganisation: 0,
  gossipLoss: 0,
  feeRise: 0,
} as const;

interface ChainParts {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly random: Random;
  readonly faults: FaultCounter;
  readonly temper: ChainTemper;
  readonly refusing: ReadonlySet<string>;
  /** After each change of the canonical chain. */
  readonly onChange: (blocks: readonly Block[]) => void;
}

/** The chain behind two nodes of which the second lags. */
export class Chain {
  readonly nodes: readonly [ChainNode, ChainNode];
  /** Nonces that somebody else used with our key. */
  readonly foreignNonces = new Set<number>();
  readonly #parts: ChainParts;
  readonly #random: Random;
  #temper: ChainTemper;
  #blocks: Block[];
  #baseFee = CALM_BASE_FEE;
  #grant = 0n;
  #isDrained = false;
  #blockIds = 0;
  /** Length of the longest chain that the second node has heard of. */
  #known = 0;

  constructor(parts: ChainParts) {
    const { temper, random } = parts;
    this.#parts = parts;
    this.#temper = temper;
    this.#random = random.fork('blocks');
    const genesis = this.#block(undefined, [], 0, temper.balance);
    this.#blocks = [genesis];
    const node = (name: string, other: () => ChainNode) =>
      new ChainNode(
        {
          name,
          flavour: temper.flavour,
          poolLimit: temper.poolLimit,
          queueLimit: temper.queueLimit,
          silentDrop: () => this.#temper.silentDrop,
          random: random.fork(name),
          faults: parts.faults,
          refusing: parts.refusing,
          onAccepted: (transaction) => this.#gossip(transaction, other),
        },
        genesis,
      );
    this.nodes = [node('node1', () => this.nodes[1]), node('node2', () => this.nodes[0])];
  }

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  get head(): Block {
    return this.#blocks.at(-1) as Block;
  }

  get genesisHash(): string {
    return this.#blocks[0]?.hash ?? '';
  }

  start(): void {
    const { time } = this.#parts;
    const next = () => {
      this.#nextBlock();
      time.schedule(this.#temper.blockMs * (0.5 + this.#random.next()), next);
    };
    time.schedule(this.#temper.blockMs, next);
  }

  /** No more faults: what the pools hold is mined. */
  calmDown(): void {
    this.#temper = { ...this.#temper, ...CALM };
    this.#baseFee = CALM_BASE_FEE;
  }

  /** Money for the account, in the next block. */
  grant(amount: bigint): void {
    this.#grant += amount;
  }

  /**
   * The account is empty in the next block, without a transaction of its own: as by an authorization (EIP-7702). What is in
   * the pools cannot be paid any more.
   */
  drain(): void {
    this.#isDrained = true;
  }

  /** Somebody else uses the key: a transaction with the next nonce that the first node would give. */
  sendForeign(ordinal: number): void {
    const [{ pool, head }, second] = this.nodes;
    const waiting = new Set([...pool.values(), ...second.pool.values()].map(({ nonce }) => nonce));
    let nonce = Math.max(head.nonce, this.head.nonce);
    while (waiting.has(nonce) && this.#random.chance(0.6)) nonce += 1;
    const transaction: Transaction = {
      hash: keccak256(toHex(`foreign ${ordinal}`)),
      nonce,
      to: `0x${'f0'.repeat(18)}${ordinal.toString(16).padStart(4, '0')}`,
      value: 1n,
      gas: 21_000n,
      maxFee: 60n * GWEI,
      tip: 30n * GWEI,
      reverts: false,
      isForeign: true,
    };
    this.#parts.faults.fired('chain: foreign transaction');
    this.#parts.trace.add('chain', `foreign transaction with nonce ${nonce}`);
    this.foreignNonces.add(nonce);
    for (const { pool } of this.nodes) pool.set(transaction.hash, transaction);
  }

  #block(
    parent: Block | undefined,
    transactions: readonly Transaction[],
    nonce: number,
    balance: bigint,
  ): Block {
    this.#blockIds += 1;
    return {
      number: parent === undefined ? 0 : parent.number + 1,
      hash: keccak256(toHex(`block ${this.#blockIds}`)),
      parentHash: parent?.hash ?? `0x${'00'.repeat(32)}`,
      baseFee: this.#baseFee,
      transactions,
      nonce,
      balance,
    };
  }

  #nextBlock(): void {
    const { confirmations, reorganisation } = this.#temper;
    const depth = Math.min(this.#random.int(1, Math.max(1, confirmations - 1)), this.#blocks.length - 1);
    if (confirmations > 1 && depth > 0 && this.#random.chance(reorganisation)) this.#reorganise(depth);
    else this.#append();
    this.#evict();
    this.#publish();
  }

  #append(): void {
    const { faults } = this.#parts;
    const moved = (this.#baseFee * BigInt(Math.round(875 + 250 * this.#random.next()))) / 1000n;
    this.#baseFee = moved < GWEI ? GWEI : moved;
    if (this.#random.chance(this.#temper.feeRise)) {
      faults.fired('chain: base fee raised');
      this.#baseFee *= BigInt(this.#random.int(2, 8));
    }
    if (this.#baseFee > HIGHEST_BASE_FEE) this.#baseFee = HIGHEST_BASE_FEE;
    const parent = this.head;
    let { nonce, balance } = parent;
    if (this.#isDrained && balance > PITTANCE) balance = PITTANCE;
    balance += this.#grant;
    this.#grant = 0n;
    this.#isDrained = false;
    const mined: Transaction[] = [];
    for (;;) {
      const next = this.#candidate(nonce);
      if (next === undefined || next.maxFee < this.#baseFee || this.#random.chance(this.#temper.delay)) break;
      if (costOf(next) > balance) {
        if (next.isForeign && EXEMPTIONS.foreignDropped) break;
        faults.fired('chain: dropped when mined, for want of money');
        for (const { pool } of this.nodes) pool.delete(next.hash);
        break;
      }
      const price = this.#baseFee + next.tip < next.maxFee ? this.#baseFee + next.tip : next.maxFee;
      if (next.reverts) faults.fired('chain: transaction reverted');
      if (next.to === ACCOUNT) faults.fired('chain: a fill is mined');
      balance -= next.gas * price + (next.reverts ? 0n : next.value);
      nonce += 1;
      mined.push(next);
    }
    this.#blocks = [...this.#blocks, this.#block(parent, mined, nonce, balance)];
    const what = mined.map((each) => `${each.nonce}>${each.to.slice(-4)}`).join(' ');
    this.#parts.trace.add('chain', `block ${this.head.number} [${what}] base fee ${this.#baseFee / GWEI}`);
  }

  /** The transaction that would be mined with a nonce: either node may have made the block. */
  #candidate(nonce: number): Transaction | undefined {
    const found = this.nodes.flatMap(({ pool }) => [...pool.values()].filter((each) => each.nonce === nonce));
    return found.length === 0 ? undefined : this.#random.pick(found);
  }

  #reorganise(depth: number): void {
    const { faults, trace } = this.#parts;
    const removed = this.#blocks.slice(-depth);
    this.#blocks = this.#blocks.slice(0, -depth);
    faults.fired('chain: reorganisation');
    trace.add('chain', `reorganisation of ${depth}, back to ${this.head.number}`);
    for (const transaction of removed.flatMap(({ transactions }) => transactions)) {
      const isKept = transaction.isForeign && EXEMPTIONS.foreignDropped;
      if (!isKept && this.#random.chance(0.6)) {
        faults.fired('chain: transaction lost by a reorganisation');
        continue;
      }
      for (const { pool } of this.nodes) pool.set(transaction.hash, transaction);
    }
    for (let blocks = 0; blocks <= depth; blocks += 1) {
      this.#append();
      this.#prune();
    }
  }

  /** What a block holds, or has made impossible, is in no pool of those who know the block. */
  #prune(): void {
    const [first] = this.nodes;
    first.follow(this.#blocks);
  }

  #publish(): void {
    const { time, onChange } = this.#parts;
    this.#prune();
    const blocks = this.#blocks;
    const [, second] = this.nodes;
    time.schedule(this.#random.next() * this.#temper.lagMs, () => {
      // One that was overtaken meanwhile is not followed: it stays on a branch that is gone until it hears of another.
      const isOld = this.#blocks[blocks.length - 1] !== blocks.at(-1) || blocks.length <= this.#known;
      if (isOld) return;
      this.#known = blocks.length;
      if (this.#blocks[second.head.number] !== second.head)
        this.#parts.faults.fired('chain: node leaves a stale branch');
      second.follow(blocks);
    });
    onChange(blocks);
  }

  #evict(): void {
    for (const { pool } of this.nodes) {
      for (const { hash, isForeign } of [...pool.values()]) {
        if ((isForeign && EXEMPTIONS.foreignDropped) || !this.#random.chance(this.#temper.eviction)) continue;
        this.#parts.faults.fired('chain: evicted from the pool');
        pool.delete(hash);
      }
    }
  }

  #gossip(transaction: Transaction, other: () => ChainNode): void {
    if (this.#random.chance(this.#temper.gossipLoss)) return;
    this.#parts.time.schedule(this.#random.next() * this.#temper.lagMs, () => other().hear(transaction));
  }
}
