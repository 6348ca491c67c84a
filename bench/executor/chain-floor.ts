// One floor of the executor, in a process of its own: the bytes of so many payments, signed before, sent with so many
// requests out at once, and nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import { question, reply } from '../kit/fresh-process.ts';
import { type BenchChain, openBenchChain, payments } from './chain.ts';

export interface ChainFloorQuestion {
  readonly rows: number;
  readonly warmUpRows: number;
  readonly inFlight: number;
  /** Seconds between blocks. */
  readonly blockTime: number;
}

export interface ChainFloorAnswer {
  /** Until all were accepted. */
  readonly acceptedPerSecond: number;
  /** Until all were in a block. */
  readonly minedPerSecond: number;
}

const LOOK_EVERY_MS = 5;

const { rows, warmUpRows, inFlight, blockTime } = question<ChainFloorQuestion>();
const chain = await openBenchChain(blockTime);
await send(chain, await signed(chain, 0, warmUpRows));
const answer = await send(chain, await signed(chain, warmUpRows, rows));
await chain.close();
reply(answer satisfies ChainFloorAnswer);

/** By the signer that the executor uses. */
async function signed({ ports }: BenchChain, from: number, count: number): Promise<readonly string[]> {
  const { signal } = new AbortController();
  const bytes: string[] = [];
  for (const [at, payment] of payments(from, count).entries()) {
    const request = { nonce: from + at, purpose: 'pay', committed: 0n, committedFrom: () => 0n } as const;
    bytes.push((await ports.signer(payment, request, { signal })).rawTx);
  }
  return bytes;
}

async function send({ rpc, ports }: BenchChain, bytes: readonly string[]): Promise<ChainFloorAnswer> {
  const before = await mined();
  const startedAt = performance.now();
  const left = bytes.values();
  const sender = async () => {
    for (const raw of left) await rpc.request('eth_sendRawTransaction', [raw]);
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
  const acceptedAt = performance.now();
  while ((await mined()) < before + bytes.length) await sleep(LOOK_EVERY_MS);
  const perSecond = (endedAt: number) => (1_000 * bytes.length) / (endedAt - startedAt);
  return { acceptedPerSecond: perSecond(acceptedAt), minedPerSecond: perSecond(performance.now()) };

  async function mined(): Promise<number> {
    return Number(await rpc.request('eth_getTransactionCount', [ports.address, 'latest']));
  }
}
