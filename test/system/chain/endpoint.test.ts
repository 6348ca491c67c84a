import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainUnreachableError, type EvmChain, openEvmChain } from '../../../src/chain/evm.ts';
import { DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { ConfigurationError, SigningError, SubmissionError } from '../../../src/errors.ts';
import {
  type Answering,
  aPayment,
  aRequest,
  failureOf,
  patient,
  type RpcStub,
  startRpcStub,
} from '../../support/chain.ts';

const HASH = `0x${'ab'.repeat(32)}`;

const RESULTS: Record<string, unknown> = {
  eth_chainId: '0x7a69',
  eth_getBlockByNumber: { hash: HASH, number: '0x5', baseFeePerGas: '0x3b9aca00' },
  eth_getBalance: '0xde0b6b3a7640000',
  eth_getTransactionCount: '0x0',
  eth_maxPriorityFeePerGas: '0x1',
  eth_estimateGas: '0x5208',
};

const json = (reply: Parameters<Answering>[2], status: number, body: unknown) =>
  reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const healthy: Answering = (_, body, reply) => {
  const { id, method } = JSON.parse(body);
  json(reply, 200, { jsonrpc: '2.0', id, result: RESULTS[method] });
};

const says =
  (status: number, text: string, type = 'application/json'): Answering =>
  (_, __, reply) =>
    reply.writeHead(status, { 'content-type': type }).end(text);

const CREDENTIALS = {
  user: 'bob-the-user',
  password: 'p4ssw0rd',
  path: 'path-key-0123',
  query: 'query-key-42',
};
const BASIC = Buffer.from(`${CREDENTIALS.user}:${CREDENTIALS.password}`).toString('base64');

let stub: RpcStub;
let chain: EvmChain;
let rpcUrl: string;

beforeEach(async () => {
  stub = await startRpcStub(healthy);
  const { user, password, path, query } = CREDENTIALS;
  rpcUrl = `${stub.url.replace('http://', `http://${user}:${password}@`)}/v3/${path}?key=${query}`;
  chain = await openEvmChain({ rpcUrl, privateKey: DEV_PRIVATE_KEY, timeoutMs: 1_000 });
});
afterEach(async () => {
  chain.close();
  await stub.close();
});

const signed = () => chain.signer(aPayment({ amount: 1n }), aRequest(0), patient);

/** The error of each port, the account read anew. */
const failures = async () => {
  stub.answer = healthy;
  const intent = await signed();
  const failing = async (answer: Answering) => {
    stub.answer = answer;
    return Promise.all(
      [
        chain.submitter(intent, patient),
        chain.signer(aPayment(), aRequest(0, [], { committed: 7n }), patient),
        chain.lookup(intent, patient),
        chain.nextNonce(patient),
        chain.balance(patient),
        openEvmChain({ rpcUrl, privateKey: DEV_PRIVATE_KEY }),
      ].map(failureOf),
    );
  };
  return { intent, failing };
};

describe('an endpoint that answers badly', () => {
  it.each([
    ['429', says(429, '{"jsonrpc":"2.0","error":{"code":-32005,"message":"rate limited"}}')],
    ['429 without a body', says(429, '')],
    ['500 with HTML', says(500, '<html>oops</html>', 'text/html')],
    ['200 with HTML', says(200, '<html>login</html>', 'text/html')],
    ['broken JSON', says(200, '{"jsonrpc":"2.0","id":1,"resu')],
    ['JSON that is no answer', says(200, '[1,2]')],
    ['null', says(200, 'null')],
    ['an empty body', says(200, '', 'text/plain')],
    [
      'a result with HTTP 500',
      (_, body, reply) => json(reply, 500, { jsonrpc: '2.0', id: JSON.parse(body).id, result: HASH }),
    ],
    [
      'an answer to another request',
      (_, __, reply) => json(reply, 200, { jsonrpc: '2.0', id: 'x', result: HASH }),
    ],
    [
      'results of the wrong shape',
      (_, body, reply) => json(reply, 200, { jsonrpc: '2.0', id: JSON.parse(body).id, result: [7] }),
    ],
  ] satisfies [string, Answering][])('is an outage: %s', async (_, answer) => {
    const { failing } = await failures();
    const [submission, signing, ...readings] = await failing(answer);
    const opening = readings.pop();
    expect(submission).toBeInstanceOf(SubmissionError);
    expect((submission as SubmissionError).verdict).toBe('outage');
    expect((submission as SubmissionError).message).toContain('outcome unknown');
    expect(signing).toBeInstanceOf(SigningError);
    expect((signing as SigningError).transient).toBe(true);
    for (const reading of readings) expect(reading).toBeInstanceOf(SubmissionError);
    expect(opening).toBeInstanceOf(ChainUnreachableError);
  });

  it.each([
    ['401', says(401, 'invalid key', 'text/plain')],
    ['401 that claims to be JSON', says(401, '')],
    ['403 with a JSON-RPC error', says(403, '{"error":{"code":-32000,"message":"nonce too low"}}')],
  ])('is for the operator: %s', async (_, answer) => {
    const { failing } = await failures();
    for (const error of await failing(answer)) expect(error).toBeInstanceOf(ConfigurationError);
  });

  it('is sent a transaction exactly once, whatever it answers', async () => {
    const intent = await signed();
    const redirect: Answering = (_, __, reply) => reply.writeHead(307, { location: '/elsewhere' }).end();
    for (const answer of [
      redirect,
      says(503, ''),
      says(429, ''),
      says(200, '<html>'),
      says(200, '{"result":"0x1"}'),
    ]) {
      stub.answer = answer;
      stub.requests.length = 0;
      await failureOf(chain.submitter(intent, patient));
      expect(stub.requests.length).toBe(1);
    }
  });

  it('is not trusted when it renames a transaction', async () => {
    const intent = await signed();
    RESULTS['eth_sendRawTransaction'] = HASH;
    const error = await failureOf(chain.submitter(intent, patient));
    delete RESULTS['eth_sendRawTransaction'];
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toContain(HASH);
  });

  it('gets its credentials in a header and the rest of the URL as it is', async () => {
    let seen: unknown;
    stub.answer = (incoming, body, reply) => {
      seen = [incoming.headers.authorization, incoming.url];
      healthy(incoming, body, reply);
    };
    await chain.nextNonce(patient);
    expect(seen).toEqual([`Basic ${BASIC}`, `/v3/${CREDENTIALS.path}?key=${CREDENTIALS.query}`]);
  });
});

describe('an error', () => {
  const echo =
    (status: number, shape: (text: string) => unknown): Answering =>
    (incoming, body, reply) =>
      json(
        reply,
        status,
        shape(`${incoming.headers.authorization} ${incoming.url} ${body} ${Object.values(CREDENTIALS)}`),
      );

  const everywhere = (error: unknown): string => {
    const { message, stack, cause } = error as Error;
    return [
      message,
      stack,
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
      cause === undefined ? '' : everywhere(cause),
    ].join('\n');
  };

  it.each([
    ['repeats them in a JSON-RPC error', echo(200, (message) => ({ error: { code: -32000, message } }))],
    ['repeats them with a 401', echo(401, (message) => ({ error: { code: -32000, message } }))],
    ['repeats them with a 503', echo(503, (message) => message)],
    ['repeats them in something else', echo(200, (message) => ({ result: message }))],
    ['cuts the connection', (incoming) => incoming.socket.destroy()],
  ] satisfies [string, Answering][])('has no secret when the node %s', async (_, answer) => {
    const { intent, failing } = await failures();
    const secrets = [
      ...Object.values(CREDENTIALS),
      BASIC,
      intent.rawTx.slice(2, 80),
      DEV_PRIVATE_KEY.slice(2),
    ];
    for (const error of await failing(answer))
      for (const secret of secrets) expect(everywhere(error)).not.toContain(secret);
  });

  it('about the key does not quote the key', async () => {
    const beyond = 'f'.repeat(64);
    for (const privateKey of [
      DEV_PRIVATE_KEY.slice(0, -1),
      `${DEV_PRIVATE_KEY}0`,
      `0x${beyond}`,
      '0'.repeat(64),
      '',
    ]) {
      const error = await failureOf(openEvmChain({ rpcUrl, privateKey }));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(everywhere(error)).not.toContain(DEV_PRIVATE_KEY.slice(2, 20));
      expect(everywhere(error)).not.toContain(beyond);
    }
  });

  it('about the URL or an option does not quote the credentials', async () => {
    const open = (more: object) => failureOf(openEvmChain({ rpcUrl, privateKey: DEV_PRIVATE_KEY, ...more }));
    for (const url of ['ftp://bob:p4ssw0rd@x/', 'bob:p4ssw0rd@x', 'p4ssw0rd', '']) {
      const error = await open({ rpcUrl: url });
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(everywhere(error)).not.toContain('p4ssw0rd');
    }
    for (const epochBlocks of [0, -1, 1.5, Number.NaN])
      expect(await open({ epochBlocks })).toBeInstanceOf(ConfigurationError);
  });
});
