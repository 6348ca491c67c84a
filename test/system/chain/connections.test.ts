import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRpc, type Rpc } from '../../../src/chain/evm.ts';
import { type Answering, failureOf, type RpcStub, startRpcStub } from '../../support/chain.ts';

const SEND = 'eth_sendRawTransaction';

let stub: RpcStub;
let rpc: Rpc;
/** The connections that brought requests, in order. */
let sockets: Socket[];

/** Answers, with headers that may say how long the server keeps an idle connection. */
const answering =
  (headers: Record<string, string> = {}): Answering =>
  (_, body, reply) =>
    reply.writeHead(200, headers).end(JSON.stringify({ id: JSON.parse(body).id, result: '0x1' }));

/** A server that says nothing of how long it waits. */
const SILENT = { connection: 'keep-alive' };

beforeEach(async () => {
  sockets = [];
  stub = await startRpcStub(() => {});
  answer(answering());
  rpc = createRpc({ rpcUrl: stub.url, timeoutMs: 20_000 });
});
afterEach(async () => {
  rpc.close();
  await stub.close();
});

const answer = (how: Answering) => {
  stub.answer = (incoming, body, reply) => {
    sockets.push(incoming.socket);
    how(incoming, body, reply);
  };
};

const requestsAre = (count: number) => expect.poll(() => stub.requests.length).toBe(count);

const isClosed = (socket: Socket | undefined) => socket?.closed || once(socket as Socket, 'close');

describe('a connection', () => {
  it('is kept for the next request', async () => {
    for (let call = 0; call < 5; call += 1) await rpc.request(SEND, ['0x']);
    expect(new Set(sockets).size).toBe(1);
  });

  it('is not used again where the server is about to close it', async () => {
    answer(answering({ ...SILENT, 'keep-alive': 'timeout=2' }));
    await rpc.request(SEND, ['0x']);
    await rpc.request(SEND, ['0x']);
    expect(new Set(sockets).size).toBe(2);
  });

  it('is dropped before the server does it', async () => {
    answer(answering({ ...SILENT, 'keep-alive': 'timeout=3' }));
    await rpc.request(SEND, ['0x']);
    await isClosed(sockets[0]);
    await rpc.request(SEND, ['0x']);
    expect(new Set(sockets).size).toBe(2);
  });

  it('is dropped when it was idle for some seconds, and not while an answer is waited for', async () => {
    const slow = Promise.withResolvers<void>();
    answer(async (incoming, body, reply) => {
      if (body.includes('slow')) await slow.promise;
      answering(SILENT)(incoming, body, reply);
    });
    const waiting = rpc.request(SEND, ['slow']);
    await requestsAre(1);
    await rpc.request(SEND, ['0x']);
    await isClosed(sockets[1]);
    slow.resolve();
    expect(await waiting).toBe('0x1');
  });

  it('does not hold up a submission because others hang', async () => {
    answer((incoming, body, reply) => {
      if (body.includes(SEND)) answering()(incoming, body, reply);
    });
    const hanging = Array.from({ length: 40 }, () => failureOf(rpc.request('eth_accounts', [])));
    expect(await rpc.request(SEND, ['0x'])).toBe('0x1');
    rpc.close();
    for (const fault of await Promise.all(hanging)) expect(fault).toMatchObject({ kind: 'unanswered' });
  });

  it('that was kept and is cut has an unknown outcome, and the request is not sent again', async () => {
    await rpc.request(SEND, ['0x']);
    answer((incoming) => incoming.socket.destroy());
    expect(await failureOf(rpc.request(SEND, ['0x']))).toMatchObject({
      kind: 'unanswered',
      message: `${SEND}: the connection broke (ECONNRESET)`,
    });
    expect(sockets[1]).toBe(sockets[0]);
    expect(stub.requests).toHaveLength(2);
  });

  it.each([
    ['nothing listens', 'http://127.0.0.1:1', 'ECONNREFUSED'],
    ['nothing listens at any address of a name', 'http://localhost:1', 'ECONNREFUSED'],
    ['the name is none', `http://${'a'.repeat(70)}`, 'ENOTFOUND'],
  ])('is not made where %s: surely nothing was sent', async (_, rpcUrl, code) => {
    const nowhere = createRpc({ rpcUrl, timeoutMs: 20_000 });
    expect(await failureOf(nowhere.request(SEND, ['0x']))).toMatchObject({
      kind: 'unsent',
      message: `${SEND}: no connection (${code})`,
    });
  });

  it('is closed with the endpoint, whether it is used or idle', async () => {
    await rpc.request(SEND, ['0x']);
    answer(() => {});
    const hanging = failureOf(rpc.request(SEND, ['0x']));
    const other = failureOf(rpc.request(SEND, ['0x']));
    await requestsAre(3);
    answer(answering());
    await rpc.request(SEND, ['0x']);
    rpc.close();
    await Promise.all([hanging, other, ...sockets.map(isClosed)]);
    expect(new Set(sockets).size).toBe(3);
    expect(await failureOf(rpc.request(SEND, ['0x']))).toMatchObject({ kind: 'unsent' });
  });

  it('that is idle keeps no process alive', async () => {
    const script = `import { subscribe } from 'node:diagnostics_channel';
      import { createRpc } from ${JSON.stringify(pathToFileURL('src/chain/rpc.ts').href)};
      subscribe('net.client.socket', ({ socket }) =>
        process.on('exit', () => console.log(socket.destroyed ? 'dropped' : 'idle')));
      await createRpc({ rpcUrl: ${JSON.stringify(stub.url)}, timeoutMs: 20_000 }).request('${SEND}', ['0x']);`;
    answer(answering(SILENT));
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8');
    const [[told], [code]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')]);
    expect([told, code]).toEqual(['idle\n', 0]);
  });

  it('goes through a proxy where the environment says so', async () => {
    const script = `import { createRpc } from ${JSON.stringify(pathToFileURL('src/chain/rpc.ts').href)};
      console.log(await createRpc({ rpcUrl: 'http://rpc.example', timeoutMs: 20_000 }).request('${SEND}', ['0x']));`;
    let asked: unknown;
    answer((incoming, body, reply) => {
      asked = [incoming.url, incoming.headers.host];
      answering()(incoming, body, reply);
    });
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: stub.url, NO_PROXY: '' },
    });
    const [[told]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')]);
    expect([String(told), asked]).toEqual(['0x1\n', ['http://rpc.example/', 'rpc.example']]);
  });
});

describe('an answer', () => {
  it('that is larger than anything asked for is none', async () => {
    answer((_, body, reply) => {
      const { id } = JSON.parse(body);
      reply.end(JSON.stringify({ id, result: 'x'.repeat(8 * 1024 * 1024) }));
    });
    expect(await failureOf(rpc.request(SEND, ['0x']))).toMatchObject({ kind: 'malformed' });
    await isClosed(sockets[0]);
  });

  it('that is as large as it may be is taken whole, in characters of several bytes', async () => {
    const result = '€'.repeat(2 * 1024 * 1024);
    answer((_, body, reply) => reply.end(JSON.stringify({ id: JSON.parse(body).id, result })));
    expect((await rpc.request(SEND, ['0x'])) === result).toBe(true);
  });

  it('whose end does not come is waited for no longer than for any', async () => {
    const impatient = createRpc({ rpcUrl: stub.url, timeoutMs: 50 });
    answer((_, __, reply) => void reply.writeHead(200).write('{"jsonrpc":'));
    expect(await failureOf(impatient.request(SEND, ['0x']))).toMatchObject({
      kind: 'unanswered',
      message: `${SEND}: no answer within 50 ms`,
    });
    await isClosed(sockets[0]);
  });

  it('that is cut off is none', async () => {
    answer((incoming, _, reply) => {
      reply.writeHead(200).write('{"jsonrpc":', () => incoming.socket.destroy());
    });
    expect(await failureOf(rpc.request(SEND, ['0x']))).toMatchObject({ kind: 'unanswered' });
  });

  it('of a server that does not speak HTTP is none', async () => {
    answer((incoming) => incoming.socket.end('hello\r\n\r\n'));
    expect(await failureOf(rpc.request(SEND, ['0x']))).toMatchObject({ kind: 'unanswered' });
    const secret = createRpc({ rpcUrl: stub.url.replace('http:', 'https:'), timeoutMs: 20_000 });
    expect(await failureOf(secret.request(SEND, ['0x']))).toMatchObject({ kind: 'unanswered' });
  });

  it('that points elsewhere is not followed', async () => {
    answer((_, __, reply) => reply.writeHead(308, { location: `${stub.url}/elsewhere` }).end());
    expect(await failureOf(rpc.request(SEND, ['0x']))).toMatchObject({ kind: 'http', status: 308 });
    expect(stub.requests).toHaveLength(1);
  });
});
