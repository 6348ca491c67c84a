import { isHash, toQuantity, toRecord } from './quantities.ts';
import { rememberIn } from './remember.ts';
import type { Rpc } from './rpc.ts';
import { RpcFault } from './rpc-fault.ts';

/** Where a node says that something was mined. */
export interface BlockPlace {
  readonly number: bigint;
  readonly hash: string;
}

/** Tells how deep a block lies, by the blocks that were built on it. */
export interface Ancestry {
  /**
   * How many blocks there are from `place` to the newest, both included: 1 is the newest, and also what is told where the
   * node lacks the blocks that would show more. `undefined` where the chain has another block there.
   */
  depthOf(place: BlockPlace, head: bigint, signal: AbortSignal): Promise<number | undefined>;
}

/** From so many blocks on top of it a block is taken to stay: that is beyond what anybody waits for. */
const MOST_STEPS = 63n;

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/**
 * An endpoint is often several nodes, and one of them may still stand on a branch that the others have left. The number of
 * the newest block, from one, and the number of the block that holds a transaction, from another, then tell of a depth
 * that nothing has. So it is not counted: from a block on top the hashes of the parents are followed down, which are the
 * same whoever tells them. What was seen of them once stays true.
 */
export const createAncestry = (rpc: Rpc): Ancestry => {
  const parents = new Map<string, string>();
  const tips = new Map<bigint, string>();

  const read = async (method: string, block: string, signal: AbortSignal): Promise<string | undefined> => {
    const found = toRecord(await rpc.request(method, [block, false], signal), method);
    if (found === undefined) return undefined;
    const { hash, parentHash } = found;
    if (!isHash(hash) || !isHash(parentHash)) throw new RpcFault('malformed', `${method}: no block`);
    rememberIn(parents, hash.toLowerCase(), parentHash.toLowerCase());
    return hash.toLowerCase();
  };

  const tipAt = async (number: bigint, signal: AbortSignal): Promise<string | undefined> => {
    const tip = await read('eth_getBlockByNumber', hex(number), signal);
    if (tip !== undefined) rememberIn(tips, number, tip);
    return tip;
  };

  /** The hash so many blocks below; `undefined` where the node does not have all of them. */
  const below = async (tip: string, steps: bigint, signal: AbortSignal): Promise<string | undefined> => {
    let hash = tip;
    for (let step = 0n; step < steps; step += 1n) {
      if (!parents.has(hash)) await read('eth_getBlockByHash', hash, signal);
      const parent = parents.get(hash);
      if (parent === undefined) return undefined;
      hash = parent;
    }
    return hash;
  };

  return {
    async depthOf({ number, hash }, head, signal) {
      if (head <= number) return 1;
      const steps = head - number < MOST_STEPS ? head - number : MOST_STEPS;
      const top = number + steps;
      const known = tips.get(top);
      if (known !== undefined && (await below(known, steps, signal)) === hash.toLowerCase()) {
        return Number(head - number) + 1;
      }
      // What was at that height may have been replaced meanwhile.
      const tip = await tipAt(top, signal);
      const found = tip && (await below(tip, steps, signal));
      if (found === undefined) return 1;
      return found === hash.toLowerCase() ? Number(head - number) + 1 : undefined;
    },
  };
};

/** @throws RpcFault `malformed` where it does not say in which block. */
export function placeOf(mined: Record<string, unknown>, method: string): BlockPlace {
  const { blockHash: hash, blockNumber } = mined;
  if (!isHash(hash)) throw new RpcFault('malformed', `${method}: no hash of a block`);
  return { number: toQuantity(blockNumber, method), hash };
}
