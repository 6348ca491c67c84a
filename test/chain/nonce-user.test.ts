import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLookup } from '../../src/chain/lookup.ts';
import { findNonceUser } from '../../src/chain/nonce-user.ts';
import type { Rpc } from '../../src/chain/rpc.ts';
import { RpcFault } from '../../src/chain/rpc-fault.ts';
import { SubmissionError } from '../../src/errors.ts';
import { patient } from '../support/chain.ts';

const ADDRESS = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const hashOf = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;
const intentOf = (nonce: number, txHash: string) => ({ disbursementId: 'a', nonce, txHash, rawTx: '0x02' });

interface History {
  /** Number of the block that mined each nonce, by nonce. */
  readonly blocks: readonly number[];
  readonly head: number;
  /** The first block whose state is kept. */
  readonly keptFrom?: number;
  readonly fault?: RpcFault;
  readonly from?: string;
  /** Which of several histories it is: blocks of others have other hashes. */
  readonly branch?: string;
}

/** Blocks have hashes that say their numbers. */
const blockHash = (block: number, branch = 'b'): string =>
  `0x${branch}${block.toString(16).padStart(63, '0')}`;

/** A chain that mined these nonces of the account, as far as it is asked here. */
function chainOf(history: History) {
  let asked = 0;
  const linkOf = (block: number) => ({
    hash: blockHash(block, history.branch),
    parentHash: blockHash(block - 1, history.branch),
  });
  const request: Rpc['request'] = async (method, [first, second]) => {
    const { blocks, head, keptFrom = 0, fault, from = ADDRESS } = history;
    asked += 1;
    if (method === 'eth_blockNumber') return `0x${head.toString(16)}`;
    if (method === 'eth_getTransactionReceipt' || method === 'eth_getTransactionByHash') return null;
    if (method === 'eth_getTransactionCount') {
      const block = Number(second);
      if (fault !== undefined) throw fault;
      if (block < keptFrom)
        throw new RpcFault('answered', 'missing trie node', { remote: 'missing trie node' });
      return `0x${blocks.filter((mined) => mined <= block).length.toString(16)}`;
    }
    if (method === 'eth_getBlockByHash') return linkOf(Number(`0x${String(first).slice(50)}`));
    const block = Number(first);
    const mined = blocks.flatMap((at, nonce) =>
      at === block
        ? [
            {
              from: from.toUpperCase().replace('0X', '0x'),
              nonce: `0x${nonce.toString(16)}`,
              hash: hashOf(nonce),
            },
          ]
        : [],
    );
    const others = [{ from: '0x00', nonce: '0x0', hash: hashOf(999) }];
    return {
      number: first,
      ...linkOf(block),
      transactions: second === true ? [...others, ...mined] : [],
    };
  };
  return { rpc: { request, close: () => {} } satisfies Rpc, asked: () => asked };
}

const find = (history: History, nonce: number) =>
  findNonceUser(
    chainOf(history).rpc,
    { address: ADDRESS, nonce, head: BigInt(history.head) },
    patient.signal,
  );

describe('the transaction that used a nonce', () => {
  test('is found wherever it was mined, in few questions', async () => {
    const history = fc
      .record({ gaps: fc.array(fc.nat(40), { minLength: 1, maxLength: 12 }), behind: fc.nat(3_000) })
      .map(({ gaps, behind }) => {
        let at = 1;
        const blocks = gaps.map((gap) => {
          at += gap;
          return at;
        });
        return { blocks, head: at + behind };
      });
    await fc.assert(
      fc.asyncProperty(history, fc.nat(), async ({ blocks, head }, pick) => {
        const nonce = pick % blocks.length;
        const chain = chainOf({ blocks, head });
        const user = await findNonceUser(
          chain.rpc,
          { address: ADDRESS, nonce, head: BigInt(head) },
          patient.signal,
        );
        const number = blocks[nonce] ?? 0;
        expect(user).toEqual({
          txHash: hashOf(nonce),
          place: { number: BigInt(number), hash: blockHash(number) },
        });
        expect(chain.asked()).toBeLessThan(4 + 2 * Math.log2(head + 2));
      }),
    );
  });

  test('is not told while no block has used it', async () => {
    expect(await find({ blocks: [3], head: 9 }, 1)).toBeUndefined();
    expect(await find({ blocks: [], head: 0 }, 0)).toBeUndefined();
  });

  test('is not told where no transaction of the account used it', async () => {
    expect(await find({ blocks: [3], head: 9, from: '0xsomebody' }, 0)).toBeUndefined();
    expect(await find({ blocks: [0], head: 9 }, 0)).toBeUndefined();
  });
});

describe('a look-up', () => {
  const lookUp = (history: History, txHash: string) =>
    createLookup(chainOf(history).rpc, ADDRESS)(intentOf(0, txHash), patient);

  test('says replaced with the depth of the other transaction', async () => {
    expect(await lookUp({ blocks: [3], head: 9 }, hashOf(7))).toEqual({
      status: 'replaced',
      confirmations: 7,
    });
  });

  test('says unknown where it is its own transaction, whose receipt is not there yet', async () => {
    expect(await lookUp({ blocks: [3], head: 9 }, hashOf(0))).toEqual({
      status: 'unknown',
      confirmations: 0,
    });
    expect(await lookUp({ blocks: [3], head: 9 }, hashOf(0).toUpperCase().replace('0X', '0x'))).toMatchObject(
      {
        status: 'unknown',
      },
    );
  });

  test('says unknown where the node does not keep the past, or gives something else', async () => {
    expect((await lookUp({ blocks: [3], head: 900, keptFrom: 700 }, hashOf(7))).status).toBe('unknown');
    const fault = new RpcFault('malformed', 'eth_getTransactionCount: the result is not a quantity');
    expect((await lookUp({ blocks: [3], head: 9, fault }, hashOf(7))).status).toBe('unknown');
  });

  test('finds it within what the node keeps', async () => {
    expect(await lookUp({ blocks: [890], head: 900, keptFrom: 772 }, hashOf(7))).toEqual({
      status: 'replaced',
      confirmations: 11,
    });
  });

  test('is found once for all transactions of a nonce', async () => {
    const chain = chainOf({ blocks: [3], head: 9 });
    const look = createLookup(chain.rpc, ADDRESS);
    const first = await look(intentOf(0, hashOf(7)), patient);
    const asked = chain.asked();
    expect(await look(intentOf(0, hashOf(8)), patient)).toEqual(first);
    // The head, the receipt, the transaction: what is known of the nonce is asked no more.
    expect(chain.asked() - asked).toBe(3);
    // The one that has it: that is found by its own receipt.
    expect((await look(intentOf(0, hashOf(0)), patient)).status).toBe('unknown');
    expect((await look(intentOf(1, hashOf(7)), patient)).status).toBe('unknown');
  });

  test('is looked for anew when its block is gone', async () => {
    const history = { blocks: [3], head: 9 };
    const chain = chainOf(history);
    const look = createLookup(chain.rpc, ADDRESS);
    await look(intentOf(0, hashOf(7)), patient);
    Object.assign(history, { blocks: [5], head: 12, branch: 'c' });
    const { status, confirmations } = await look(intentOf(0, hashOf(8)), patient);
    expect([status, confirmations]).toEqual(['replaced', 8]);
  });

  test('fails where the RPC fails', async () => {
    const fault = new RpcFault('unanswered', 'eth_getTransactionCount: no answer');
    await expect(lookUp({ blocks: [3], head: 9, fault }, hashOf(7))).rejects.toBeInstanceOf(SubmissionError);
  });
});
