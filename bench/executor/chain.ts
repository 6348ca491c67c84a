import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { type EvmChain, portsOver } from '../../src/chain/evm-ports.ts';
import { openSigningAccount } from '../../src/chain/fast-signing.ts';
import { identify } from '../../src/chain/identify.ts';
import { createRpc, type Rpc } from '../../src/chain/rpc.ts';
import { systemClock } from '../../src/clock.ts';
import { DEV_PRIVATE_KEY, startAnvil } from '../../src/dev/anvil.ts';
import type { Disbursement } from '../../src/index.ts';

/** A chain of its own, with the ports that the executor gets and counts of what they ask. */
export interface BenchChain {
  readonly rpc: Rpc;
  readonly ports: EvmChain;
  /** JSON-RPC calls, and the HTTP requests that carried them, so far. */
  readonly counts: { readonly calls: number; readonly requests: number };
  /** CPU time that anvil has taken so far, in microseconds; `undefined` where it cannot be read. */
  cpuMicros(): number | undefined;
  close(): Promise<void>;
}

/**
 * anvil with a block every so often: when it makes one for each transaction and several come at once, some of them stay
 * in its pool until the next one comes, and no rate can be measured to its end.
 *
 * @param blockTime seconds
 */
export async function openBenchChain(blockTime: number): Promise<BenchChain> {
  const anvil = await startAnvil({ blockTime });
  const counts = { calls: 0, requests: 0 };
  const endpoint = createRpc({ rpcUrl: anvil.url, timeoutMs: 30_000 });
  const rpc: Rpc = {
    ...endpoint,
    request(...call) {
      counts.calls += 1;
      return endpoint.request(...call);
    },
  };
  subscribe('http.client.request.start', () => {
    counts.requests += 1;
  });
  const chain = await identify(rpc, { rpcUrl: anvil.url });
  const account = await openSigningAccount(DEV_PRIVATE_KEY);
  return {
    rpc,
    ports: portsOver({ rpc, account, ...chain, epochBlocks: 1_000_000, clock: systemClock }),
    counts,
    cpuMicros: () => cpuMicrosOf(anvil.pid),
    async close() {
      rpc.close();
      await anvil.stop();
    },
  };
}

/** Of Linux, which counts in hundredths of a second (proc(5), fields utime and stime). */
function cpuMicrosOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return 10_000 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return undefined;
  }
}

/** Payments to one payee each, who has nothing before. */
export const payments = (from: number, count: number): readonly Disbursement[] =>
  Array.from({ length: count }, (_, at) => ({
    id: `p${String(from + at).padStart(7, '0')}`,
    destination: `0x${(0x1_0000_0000 + from + at).toString(16).padStart(40, '0')}`,
    amount: BigInt(1 + from + at),
    memo: '',
    scheduledEpoch: 0,
    dependsOn: [],
  }));
