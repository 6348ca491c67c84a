import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAncestry, placeOf } from '../../src/chain/ancestry.ts';
import { createLookup } from '../../src/chain/lookup.ts';
import type { Rpc } from '../../src/chain/rpc.ts';
import { RpcFault } from '../../src/chain/rpc-fault.ts';
import { patient } from '../support/chain.ts';

const { signal } = patient;

/** Block `number` of the branch `name`, which leaves branch `a` behind the block `from`. */
const hashOf = (name: string, number: number): string =>
  `0x${name.charCodeAt(0).toString(16)}${number.toString(16).padStart(62, '0')}`;

/** A node that stands on a branch; `from` is the last block that it shares with branch `a`. */
class Node {
  branch = 'a';
  from = 0;
  /** Blocks that it does not have. */
  readonly lacks = new Set<string>();
  readonly asked: string[] = [];
  receipt: unknown = null;

  hash(number: number): string {
    return hashOf(number <= this.from ? 'a' : this.branch, number);
  }

  readonly rpc: Rpc = {
    request: async (method, [asked]) => {
      this.asked.push(`${method} ${String(asked)}`);
      if (method === 'eth_blockNumber') return '0x9';
      if (method === 'eth_getTransactionReceipt') return this.receipt;
      const isNumber = method === 'eth_getBlockByNumber';
      const number = isNumber ? Number(asked) : Number(`0x${String(asked).slice(4)}`);
      const name = String.fromCharCode(Number(`0x${String(asked).slice(2, 4)}`));
      const hash = isNumber ? this.hash(number) : hashOf(name, number);
      if (this.lacks.has(hash)) return null;
      const parent = number - 1;
      const parentHash = hashOf(
        parent <= this.from || !hash.startsWith(hashOf(this.branch, 0).slice(0, 4)) ? 'a' : this.branch,
        parent,
      );
      return { hash: hash.toUpperCase().replace('0X', '0x'), parentHash };
    },
    close: () => {},
  };
}

const at = (number: number, name = 'a') => ({ number: BigInt(number), hash: hashOf(name, number) });

describe('the depth of a block', () => {
  test('is 1 for the newest, and for one that is newer than the head, which costs no question', async () => {
    const node = new Node();
    const ancestry = createAncestry(node.rpc);
    expect(await ancestry.depthOf(at(9), 9n, signal)).toBe(1);
    expect(await ancestry.depthOf(at(11), 9n, signal)).toBe(1);
    expect(node.asked).toEqual([]);
  });

  test('is counted down from the newest, and what was seen is not asked for again', async () => {
    const node = new Node();
    const ancestry = createAncestry(node.rpc);
    expect(await ancestry.depthOf(at(6), 9n, signal)).toBe(4);
    expect(node.asked).toEqual([
      'eth_getBlockByNumber 0x9',
      `eth_getBlockByHash ${hashOf('a', 8)}`,
      `eth_getBlockByHash ${hashOf('a', 7)}`,
    ]);
    expect(await ancestry.depthOf(at(6), 9n, signal)).toBe(4);
    expect(await ancestry.depthOf(at(8), 9n, signal)).toBe(2);
    expect(node.asked).toHaveLength(3);
    expect(await ancestry.depthOf(at(6), 10n, signal)).toBe(5);
    expect(node.asked.slice(3)).toEqual(['eth_getBlockByNumber 0xa']);
  });

  test('is none for a block that the chain has left', async () => {
    const node = new Node();
    const ancestry = createAncestry(node.rpc);
    expect(await ancestry.depthOf(at(6, 'b'), 9n, signal)).toBeUndefined();
    expect(await ancestry.depthOf(at(6), 9n, signal)).toBe(4);
  });

  test('is seen anew when what stood at that height was replaced', async () => {
    const node = new Node();
    const ancestry = createAncestry(node.rpc);
    expect(await ancestry.depthOf(at(7), 9n, signal)).toBe(3);
    Object.assign(node, { branch: 'b', from: 6 });
    expect(await ancestry.depthOf(at(7, 'b'), 9n, signal)).toBe(3);
    expect(await ancestry.depthOf(at(7), 9n, signal)).toBeUndefined();
    expect(await ancestry.depthOf(at(6), 9n, signal)).toBe(4);
  });

  test.each([
    ['the newest', hashOf('a', 9)],
    ['one between', hashOf('a', 7)],
  ])('is 1 where the node lacks %s', async (_, hash) => {
    const node = new Node();
    node.lacks.add(hash);
    expect(await createAncestry(node.rpc).depthOf(at(6), 9n, signal)).toBe(1);
  });

  test('of one that was mined long ago is shown by the blocks right on top of it', async () => {
    const node = new Node();
    const ancestry = createAncestry(node.rpc);
    expect(await ancestry.depthOf(at(100), 5_000n, signal)).toBe(4_901);
    expect(node.asked).toHaveLength(63);
    expect(node.asked[0]).toBe('eth_getBlockByNumber 0xa3');
    expect(await ancestry.depthOf(at(100, 'b'), 5_000n, signal)).toBeUndefined();
  });

  test('forgets, and stays right', async () => {
    const node = new Node();
    const ancestry = createAncestry(node.rpc);
    for (let number = 0; number < 1_200; number += 40) {
      expect(await ancestry.depthOf(at(number), BigInt(number + 40), signal)).toBe(41);
    }
    const asked = node.asked.length;
    expect(await ancestry.depthOf(at(0), 40n, signal)).toBe(41);
    expect(node.asked.length).toBeGreaterThan(asked);
  });

  test('is told of a block on the branch of the newest and of no other, wherever they part', async () => {
    const cases = fc.record({ from: fc.nat(30), head: fc.integer({ min: 1, max: 30 }), number: fc.nat(30) });
    await fc.assert(
      fc.asyncProperty(cases, fc.constantFrom('a', 'b'), async ({ from, head, number }, name) => {
        const node = Object.assign(new Node(), { branch: 'b', from });
        const depth = await createAncestry(node.rpc).depthOf(at(number, name), BigInt(head), signal);
        const isOn = node.hash(number) === hashOf(name, number);
        if (number >= head) expect(depth).toBe(1);
        else expect(depth).toBe(isOn ? head - number + 1 : undefined);
      }),
    );
  });

  test.each([
    ['no hash', { parentHash: hashOf('a', 8) }],
    ['no parent', { hash: hashOf('a', 9) }],
    ['nothing like a hash', { hash: '0x1', parentHash: hashOf('a', 8) }],
    ['text', 'block'],
  ])('cannot be told from a block with %s', async (_, block) => {
    const rpc: Rpc = { request: async () => block, close: () => {} };
    await expect(createAncestry(rpc).depthOf(at(6), 9n, signal)).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('a look-up', () => {
  const lookUp = (node: Node) =>
    createLookup(node.rpc, '0x1')({ disbursementId: 'a', nonce: 0, txHash: '0x2', rawTx: '0x' }, patient);
  const receiptIn = (hash: string) => ({ status: '0x1', blockNumber: '0x6', blockHash: hash });

  test('tells the depth of a transaction whose block is on the chain', async () => {
    const node = Object.assign(new Node(), { receipt: receiptIn(hashOf('a', 6)) });
    expect(await lookUp(node)).toEqual({ status: 'executed', confirmations: 4 });
  });

  test('that runs beside others asks with them for the head and for blocks, and for its own receipt behind the head', async () => {
    const node = Object.assign(new Node(), { receipt: receiptIn(hashOf('a', 6)) });
    const look = createLookup(node.rpc, '0x1');
    const all = ['0x2', '0x2', '0x3'].map((txHash, nonce) =>
      look({ disbursementId: txHash, nonce, txHash, rawTx: '0x' }, patient),
    );
    expect(await Promise.all(all)).toEqual(Array(3).fill({ status: 'executed', confirmations: 4 }));
    expect(node.asked.toSorted()).toEqual([
      'eth_blockNumber undefined',
      `eth_getBlockByHash ${hashOf('a', 7)}`,
      `eth_getBlockByHash ${hashOf('a', 8)}`,
      'eth_getBlockByNumber 0x9',
      'eth_getTransactionReceipt 0x2',
      'eth_getTransactionReceipt 0x2',
      'eth_getTransactionReceipt 0x3',
    ]);
    expect(node.asked[0]).toBe('eth_blockNumber undefined');
    await look({ disbursementId: 'a', nonce: 0, txHash: '0x2', rawTx: '0x' }, patient);
    expect(node.asked.slice(7)).toEqual(['eth_blockNumber undefined', 'eth_getTransactionReceipt 0x2']);
  });

  test('knows nothing of one whose receipt is of a branch that the chain has left', async () => {
    const node = Object.assign(new Node(), { receipt: receiptIn(hashOf('b', 6)) });
    expect(await lookUp(node)).toEqual({ status: 'unknown', confirmations: 0 });
  });

  test('does not take a receipt that names no block', () => {
    expect(() => placeOf({ blockNumber: '0x6' }, 'm')).toThrow(RpcFault);
    expect(() => placeOf({ blockHash: hashOf('a', 6) }, 'm')).toThrow(RpcFault);
  });
});
