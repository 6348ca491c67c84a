import type { ChainEvidence, MinedTransaction } from './evidence.ts';

/** Calls of one request. */
const BATCH = 200;

interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

interface RawTransaction {
  readonly hash: string;
  readonly from: string;
  readonly to: string | null;
  readonly nonce: string;
  readonly value: string;
}

interface RawReceipt {
  readonly transactionHash: string;
  readonly status: string;
  readonly gasUsed: string;
  readonly effectiveGasPrice: string;
}

/** Asks a node directly, with nothing of the executor's adapter in between. The answers are in the order of the calls. */
export async function askNode<Result>(url: string, calls: readonly Call[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < calls.length; at += BATCH) {
    const body = calls.slice(at, at + BATCH).map((call, id) => ({ jsonrpc: '2.0', id, ...call }));
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answers = (await response.json()) as { id: number; result: Result; error?: { message: string } }[];
    for (const { result, error } of answers.toSorted((one, other) => one.id - other.id)) {
      if (error !== undefined) throw new Error(`the node answered: ${error.message}`);
      results.push(result);
    }
  }
  return results;
}

async function askOne<Result>(url: string, method: string, ...params: readonly unknown[]): Promise<Result> {
  const [result] = await askNode<Result>(url, [{ method, params }]);
  return result as Result;
}

/** Base units. */
export const balanceAt = async (url: string, address: string): Promise<bigint> =>
  BigInt(await askOne<string>(url, 'eth_getBalance', address, 'latest'));

/** Which of these transactions the node has, in a block or in its pool. */
export async function knownTo(url: string, hashes: readonly string[]): Promise<readonly string[]> {
  const answers = await askNode<unknown>(
    url,
    hashes.map((hash) => ({ method: 'eth_getTransactionByHash', params: [hash] })),
  );
  return hashes.filter((_, index) => answers[index] !== null);
}

/** Every transaction of every block, oldest first. */
async function transactionsOf(url: string): Promise<readonly MinedTransaction[]> {
  const head = Number(await askOne<string>(url, 'eth_blockNumber'));
  const numbers = Array.from({ length: head + 1 }, (_, number) => `0x${number.toString(16)}`);
  const blocks = await askNode<{ transactions: readonly RawTransaction[] }>(
    url,
    numbers.map((number) => ({ method: 'eth_getBlockByNumber', params: [number, true] })),
  );
  const transactions = blocks.flatMap((block) => block.transactions);
  const receipts = await askNode<RawReceipt>(
    url,
    transactions.map(({ hash }) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
  );
  return transactions.map((transaction, index) => toMined(transaction, receipts[index]));
}

function toMined(transaction: RawTransaction, receipt: RawReceipt | undefined): MinedTransaction {
  const { hash, from, to, nonce, value } = transaction;
  if (receipt?.transactionHash !== hash) throw new Error(`the node has no receipt of ${hash}`);
  return {
    hash,
    from: from.toLowerCase(),
    to: (to ?? 'nobody').toLowerCase(),
    nonce: Number(nonce),
    value: BigInt(value),
    hasSucceeded: receipt.status === '0x1',
    fee: BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice),
  };
}

/** Reads the whole chain. */
export async function readChain(
  url: string,
  payer: { readonly address: string; readonly balanceBefore: bigint },
  payees: readonly string[],
): Promise<ChainEvidence> {
  const balances = await askNode<string>(
    url,
    payees.map((payee) => ({ method: 'eth_getBalance', params: [payee, 'latest'] })),
  );
  return {
    transactions: await transactionsOf(url),
    balances: new Map(payees.map((payee, index) => [payee, BigInt(balances[index] ?? 0)])),
    payer: {
      ...payer,
      balance: await balanceAt(url, payer.address),
      nextNonce: Number(await askOne<string>(url, 'eth_getTransactionCount', payer.address, 'latest')),
    },
  };
}
