import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRpc, type Rpc } from '../../../src/chain/evm.ts';
import { startRpcProxy } from '../../../src/dev/rpc-proxy.ts';
import {
  type Answering,
  failureOf,
  type RpcStub,
  startRpcStub,
  startTestChain,
} from '../../support/chain.ts';

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

let stub: RpcStub;
let rpc: Rpc;

const resultOf = ({ id, params }: Question) => ({ jsonrpc: '2.0', id, result: params[0] });

/** Answers a single call; what a batch is answered with is given. */
const answering =
  (batch: (questions: readonly Question[], reply: Parameters<Answering>[2]) => unknown): Answering =>
  (_, body, reply) => {
    const posted: unknown = JSON.parse(body);
    if (!Array.isArray(posted)) return void reply.end(JSON.stringify(resultOf(posted as Question)));
    const answer = batch(posted as Question[], reply);
    if (answer !== undefined) reply.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  };

const says =
  (status: number, body: unknown = '') =>
  (_: unknown, reply: Parameters<Answering>[2]) => {
    reply.statusCode = status;
    return body;
  };

beforeEach(async () => {
  stub = await startRpcStub(answering((questions) => questions.map(resultOf)));
  rpc = createRpc({ rpcUrl: stub.url, timeoutMs: 20_000 });
});
afterEach(async () => {
  rpc.close();
  await stub.close();
});

const read = (asked: unknown, signal?: AbortSignal) => rpc.request('eth_getCode', [asked], signal);
const readAll = (...asked: unknown[]) => Promise.all(asked.map((each) => read(each)));
const asked = () => stub.requests.map((body) => [JSON.parse(body)].flat().map(({ params: [each] }) => each));

describe('a batch', () => {
  it('is one list, and its answers may come in any order', async () => {
    stub.answer = answering((questions) => questions.map(resultOf).reverse());
    expect(await readAll('a', 'b', 'c')).toEqual(['a', 'b', 'c']);
    expect(asked()).toEqual([['a', 'b', 'c']]);
    await readAll('d', 'e');
    const ids = stub.requests.flatMap((body) => JSON.parse(body).map(({ id }: Question) => id));
    expect(ids).toEqual([1, 2, 3, 4, 5]);
  });

  it('is not made of one call', async () => {
    await read('a');
    expect(JSON.parse(stub.requests[0] ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_getCode',
      params: ['a'],
    });
  });

  it('brings each call its own result or error', async () => {
    const error = { code: -32_000, message: 'header not found' };
    stub.answer = answering(([a, b, c]) => [
      resultOf(a as Question),
      { id: b?.id, error },
      { id: c?.id, nothing: 1 },
    ]);
    const [first, second, third] = await Promise.allSettled([read('a'), read('b'), read('c')]);
    expect(first).toMatchObject({ value: 'a' });
    expect(second).toMatchObject({
      reason: {
        kind: 'answered',
        code: -32_000,
        message: 'eth_getCode: the node answered "header not found" (code -32000)',
      },
    });
    expect(third).toMatchObject({ reason: { kind: 'malformed' } });
    expect(asked()).toHaveLength(1);
  });

  it('that everybody has given up is cut', async () => {
    const cut = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    stub.answer = (_, __, reply) => {
      reply.on('close', cut.resolve);
      arrived.resolve();
    };
    const impatience = new AbortController();
    const reads = ['a', 'b'].map((each) => failureOf(read(each, impatience.signal)));
    await arrived.promise;
    impatience.abort();
    await cut.promise;
    for (const fault of await Promise.all(reads)) expect(fault).toMatchObject({ kind: 'unanswered' });
  });

  it('is taken by a real chain', async () => {
    const chain = await startTestChain();
    const direct = createRpc({ rpcUrl: chain.url, timeoutMs: 20_000 });
    try {
      const [chainId, block, fault] = await Promise.all([
        direct.request('eth_chainId', []),
        direct.request('eth_getBlockByNumber', ['0x0', false]),
        failureOf(direct.request('eth_getBalance', ['0x12', 'latest'])),
      ]);
      expect([chainId, block]).toMatchObject(['0x7a69', { hash: chain.genesisHash }]);
      expect(fault).toMatchObject({ kind: 'answered' });
    } finally {
      direct.close();
      await chain.stop();
    }
  });
});

const ERROR = { jsonrpc: '2.0', id: null, error: { code: -32_600, message: 'batches are not supported' } };

describe('an endpoint without batches', () => {
  it.each([
    ['an error for all of it', says(200, ERROR)],
    ['an error in a list', says(200, [ERROR])],
    ['an error with HTTP 400', says(400, ERROR)],
    ['HTTP 403, as for a plan that has none', says(403)],
    ['HTTP 405', says(405)],
    ['HTTP 413', says(413, '<html>too large</html>')],
    ['HTTP 500, as a server that fell over it', says(500)],
    ['the answer to the first call', ([first]) => resultOf(first as Question)],
    ['something else', says(200, '<html>')],
    ['an empty list', says(200, [])],
    ['a part of it', ([first]) => [resultOf(first as Question)]],
    ['other ids', (questions) => questions.map((each) => ({ ...resultOf(each), id: String(each.id) }))],
    ['more than is asked for', says(200, JSON.stringify([{ id: 1, result: 'x'.repeat(9 * 1024 * 1024) }]))],
  ] satisfies [string, Parameters<typeof answering>[0]][])(
    'that answers %s is asked one by one',
    async (_, how) => {
      stub.answer = answering(how);
      expect(await readAll('a', 'b')).toEqual(['a', 'b']);
      expect(await readAll('c', 'd')).toEqual(['c', 'd']);
      const lists = asked().filter((each) => each.length > 1);
      expect(lists).toEqual([['a', 'b']]);
    },
  );
});

describe('an outage', () => {
  it.each([
    ['HTTP 429', says(429), { kind: 'http', status: 429 }],
    ['HTTP 429 with an error', says(429, ERROR), { kind: 'answered', status: 429 }],
    ['HTTP 502', says(502, '<html>'), { kind: 'http', status: 502 }],
    ['HTTP 503', says(503), { kind: 'http', status: 503, message: 'eth_getCode: HTTP 503' }],
    [
      'a cut connection',
      (_: unknown, reply: Parameters<Answering>[2]) => void reply.destroy(),
      { kind: 'unanswered' },
    ],
  ])('fails each call as it would alone, and asks no more: %s', async (_, how, fault) => {
    stub.answer = answering(how);
    for (const each of await Promise.all([failureOf(read('a')), failureOf(read('b'))]))
      expect(each).toMatchObject(fault);
    expect(asked()).toEqual([['a', 'b']]);
  });

  it('that is a time-out fails each call by its name', async () => {
    const impatient = createRpc({ rpcUrl: stub.url, timeoutMs: 30 });
    stub.answer = () => {};
    const faults = await Promise.all(
      ['eth_chainId', 'eth_gasPrice'].map((method) => failureOf(impatient.request(method, []))),
    );
    expect(faults.map((fault) => (fault as Error).message)).toEqual([
      'eth_chainId: no answer within 30 ms',
      'eth_gasPrice: no answer within 30 ms',
    ]);
    expect(stub.requests).toHaveLength(1);
  });

  it('of access is for the operator, whether it is told of a batch or of a call', async () => {
    stub.answer = (_, __, reply) => void reply.writeHead(401).end();
    for (const each of await Promise.all([failureOf(read('a')), failureOf(read('b'))]))
      expect(each).toMatchObject({ kind: 'http', status: 401 });
  });
});

describe('the proxy', () => {
  it('tells of each call of a batch, and loses the reply of all if it loses that of one', async () => {
    const calls: string[] = [];
    const open = new Set<number>();
    const proxy = await startRpcProxy({
      target: stub.url,
      onCall: (method) => {
        const number = calls.push(method);
        open.add(number);
        return { losesReply: method === 'eth_gasPrice', ended: () => open.delete(number) };
      },
    });
    const through = createRpc({ rpcUrl: proxy.url, timeoutMs: 20_000 });
    try {
      const reads = (...methods: string[]) =>
        Promise.allSettled(methods.map((method) => through.request(method, ['0x1'])));
      expect(await reads('eth_chainId', 'eth_blockNumber')).toMatchObject([
        { value: '0x1' },
        { value: '0x1' },
      ]);
      expect(await reads('eth_chainId', 'eth_gasPrice')).toMatchObject([
        { reason: { kind: 'unanswered' } },
        { reason: { kind: 'unanswered' } },
      ]);
      expect(calls).toEqual(['eth_chainId', 'eth_blockNumber', 'eth_chainId', 'eth_gasPrice']);
      await expect.poll(() => open.size).toBe(0);
    } finally {
      through.close();
      await proxy.close();
    }
  });
});
