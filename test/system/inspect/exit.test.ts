import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';

const url = (path: string) => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href);

/** Runs a program in a process of its own until it ends by itself. */
async function run(program: string, ...options: readonly string[]) {
  const source = `
    import { createServer, get } from 'node:http';
    import { once } from 'node:events';
    import { connect } from 'node:net';
    import { createActor, createMachine } from 'xstate';
    import { createCircuitBreaker } from ${url('src/index.ts')};
    import { createInspector } from ${url('src/inspect/index.ts')};
    const inspector = createInspector();
    const breaker = createCircuitBreaker({ name: 'rpc', inspect: inspector.inspect });
    async function listen() {
      const server = createServer(inspector.handler).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { server, port: server.address().port };
    }
    async function text(response) {
      let all = '';
      for await (const chunk of response) all += chunk;
      return all;
    }
    ${program}
  `;
  const child = spawn(process.execPath, [...options, '--input-type=module', '--eval', source], {
    cwd: new URL('../../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output.out += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    output.err += part;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, out: output.out.trim(), err: output.err.trim() };
}

const CLEAN = { code: 0, signal: null, err: '' };

describe('a process with an inspector and nothing else to do', () => {
  test('ends by itself, also beside events and refused calls that are about to be told', async () => {
    expect(
      await run(`
        inspector.attach(breaker);
        breaker.isolate();
        breaker.tryAcquire();
        console.log(breaker.state);
      `),
    ).toEqual({ ...CLEAN, out: 'ISOLATED' });
  });

  test('ends when its server and the inspector are closed, whoever watches and whoever does not read', async () => {
    expect(
      await run(`
        const { server, port } = await listen();
        const [page] = await once(get({ port, path: '/inspect/feed' }), 'response');
        const ended = text(page);
        const deaf = connect(port, '127.0.0.1').pause().on('error', () => {});
        deaf.write('GET /inspect/feed HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n');
        deaf.unref();
        while (inspector.clients < 2) await new Promise(setImmediate);
        const closed = once(server, 'close');
        server.close();
        inspector.stop();
        console.log((await ended).startsWith('id: '), inspector.clients);
        await closed;
        console.log('closed');
      `),
    ).toEqual({ ...CLEAN, out: 'true 0\nclosed' });
  });

  test('ends beside a thread that draws, and one that has drawn', async () => {
    expect(
      await run(`
        const { server, port } = await listen();
        const [page] = await once(get({ port, path: '/inspect/feed' }), 'response');
        page.setEncoding('utf8');
        let told = '';
        for await (const chunk of page) {
          told += chunk;
          if (told.includes('\\n\\n')) break;
        }
        const { chart } = JSON.parse(told.match(/^data: (.*)$/m)[1]).actors[0].machine;
        const path = '/inspect/charts/' + chart;
        const [drawn] = await once(get({ port, path, agent: false }), 'response');
        console.log(drawn.statusCode, (await text(drawn)).includes('<svg'));
        createActor(createMachine({ id: 'other', initial: 'a', states: { a: {} } }), { inspect: inspector.inspect });
        server.close();
        server.closeAllConnections();
        console.log(process.getActiveResourcesInfo().filter((name) => /Port|Worker/.test(name)).length);
      `),
    ).toEqual({ ...CLEAN, out: '200 true\n0' });
  });

  test('is told of a name that leads to no file, and lives', async () => {
    expect(
      await run(`
        const { server, port } = await listen();
        for (const name of ['x'.repeat(300), 'x'.repeat(50)]) {
          const [answer] = await once(get({ port, path: '/inspect/assets/' + name + '.js', agent: false }), 'response');
          console.log(answer.statusCode);
          answer.resume();
          await once(answer, 'end');
        }
        server.close();
      `),
    ).toEqual({ ...CLEAN, out: '404\n404' });
  });
});

test('XState’s development build is inspected as well', async () => {
  const program = `
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { on: { GO: 'b' }, invoke: { src: createMachine({ id: 'child' }), id: 'kid' } }, b: {} },
    });
    const actor = createActor(machine, { id: 'm', inspect: inspector.inspect }).start();
    actor.send({ type: 'GO' });
    const { server, port } = await listen();
    const [page] = await once(get({ port, path: '/inspect/feed' }), 'response');
    page.setEncoding('utf8');
    for await (const chunk of page) {
      const { actors } = JSON.parse(chunk.match(/^data: (.*)$/m)[1]);
      console.log(actors.map(({ name, status, machine }) => [name, status, machine.value].join(' ')).join());
      break;
    }
    server.closeAllConnections();
    server.close();
  `;
  const out = 'rpc active CLOSED,m active b,kid stopped [object Object]';
  expect(await run(program)).toEqual({ ...CLEAN, out });
  expect(await run(program, '--conditions=development')).toEqual({ ...CLEAN, out });
});
