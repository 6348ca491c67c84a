/** How often each fault happened. Every kind that is known is there, with 0 when it did not happen. */
export type FaultCounts = Readonly<Record<string, number>>;

const STORE_POINTS = [
  'boundChain',
  'bindChain',
  'acquireLease',
  'releaseLease',
  'loadBreaker',
  'saveBreaker',
  'pendingControl',
  'applyControl',
  'raiseEpoch',
  'inFlight',
  'due',
  'areSettled',
  'nonceFloor',
  'stage',
  'replace',
  'change',
] as const;

const RPC_POINTS = [
  'eth_sendRawTransaction',
  'eth_getTransactionReceipt',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_blockNumber',
  'eth_getBlockByNumber',
  'eth_getBlockByHash',
  'eth_getBalance',
  'eth_getCode',
  'eth_estimateGas',
  'eth_maxPriorityFeePerGas',
  'eth_chainId',
] as const;

/** Places at which a process can die: just before it asks, and just after it was done, before the answer comes. */
export const CRASH_POINTS: readonly string[] = [...STORE_POINTS, ...RPC_POINTS].flatMap((name) => [
  `before:${name}`,
  `after:${name}`,
]);

const FAULTS = [
  'rpc: connection refused',
  'rpc: request lost',
  'rpc: time-out after processing',
  'rpc: reply dropped after processing',
  'rpc: request duplicated',
  'rpc: 429',
  'rpc: 503',
  'rpc: 503 after processing',
  'rpc: HTML',
  'rpc: outage',
  'chain: silent drop after acceptance',
  'chain: dropped when mined, for want of money',
  'chain: evicted from the pool',
  'chain: pool is full',
  'chain: too far ahead for the queue',
  'chain: gapped transaction queued',
  'chain: replacement underpriced',
  'chain: one code for two meanings',
  'chain: insufficient funds',
  'chain: fee below base fee',
  'chain: base fee raised',
  'chain: reorganisation',
  'chain: transaction lost by a reorganisation',
  'chain: answer of a node that lags',
  'chain: node leaves a stale branch',
  'chain: transaction reverted',
  'chain: foreign transaction',
  'chain: a fill is mined',
  'process: pause beyond the lease',
  'process: clock jump',
  'process: stopped and started',
  'process: telemetry throws',
  'process: telemetry never settles',
  'store: BUSY for a while',
  'store: BUSY for too long',
  'store: FULL before',
  'store: FULL after the commit',
  'store: FULL for real',
  'store: IOERR before',
  'store: IOERR after the commit',
  'power cut: write survived',
  'power cut: write lost',
  'power cut: write torn',
  'backup: old one put back',
  'operator: requeue',
  'operator: requeue refused',
  'operator: breaker isolated',
  'operator: nonce adopted',
  'operator: top-up',
  'operator: account emptied',
] as const;

export type Fault = (typeof FAULTS)[number];

/** Every fault by name. */
export const FAULT_NAMES: readonly string[] = [...FAULTS, ...CRASH_POINTS.map((point) => `crash ${point}`)];

/** Counts the faults of one run. */
export class FaultCounter {
  readonly #counts = new Map<string, number>();

  fired(fault: Fault): void {
    this.#add(fault);
  }

  crashed(point: string): void {
    this.#add(`crash ${point}`);
  }

  get counts(): FaultCounts {
    return Object.fromEntries(this.#counts);
  }

  #add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
}

/** Of all runs together. */
export function sumCounts(all: readonly FaultCounts[]): FaultCounts {
  const sum: Record<string, number> = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0]));
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}
