import type { CircuitBreakerPolicy } from '../../../machines/index.ts';
import { createRpc } from '../../chain/evm.ts';
import type { OutageMode } from '../../dev/rpc-proxy.ts';
import { messageOf } from '../../message-of.ts';
import type { OwnTreasury } from './own-treasury.ts';
import type { PayoutPlan } from './payouts.ts';
import { type Reading, seen } from './reading.ts';
import type { Finding } from './steps.ts';
import { until } from './until.ts';

/** How long the RPC may take to show whether it is broken. Milliseconds. */
const ANSWER_WITHIN_MS = 500;

/** A drill against a treasury of its own. */
export interface OwnDrill {
  readonly own: OwnTreasury;
  readonly plan: PayoutPlan;
  readonly policy: CircuitBreakerPolicy;
  readonly mode: OutageMode;
  /** The pages of the treasury, over HTTP. */
  readonly read: () => Promise<Reading>;
}

/** What a step leaves to those behind it. */
export interface Notes {
  /** The reading with which later ones are compared. */
  last: Reading | undefined;
  /** `performance.now()`, milliseconds. */
  brokenAt: number;
  restoredAt: number;
}

export type Run = (drill: OwnDrill, notes: Notes) => Promise<Finding>;

/** Reads after each event until a reading is the one that is waited for. */
export async function readUntil(
  { own, read }: OwnDrill,
  holds: (reading: Reading) => boolean,
): Promise<{ readonly reading: Reading; readonly missed: string | undefined }> {
  let reading: Reading | undefined;
  const missed = await until(own.watch, async () => {
    reading = await read();
    return holds(reading);
  });
  return { reading: seen(reading), missed };
}

/** What `eth_chainId` comes to by the RPC that can break. */
export async function askRpc(url: string): Promise<{ readonly isAnswer: boolean; readonly text: string }> {
  const rpc = createRpc({ rpcUrl: url, timeoutMs: ANSWER_WITHIN_MS });
  try {
    return { isAnswer: true, text: `eth_chainId: ${await rpc.request('eth_chainId', [])}` };
  } catch (fault) {
    return { isAnswer: false, text: messageOf(fault) };
  } finally {
    rpc.close();
  }
}
