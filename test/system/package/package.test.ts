import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { circuitBreakerMachine } from '../../../machines/index.ts';
import { readChart } from '../../../src/diagram/index.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const exec = promisify(execFile);

/** The package as a stranger gets it: packed, unpacked into a folder of its own, with xstate beside it and nothing else. */
let folder: string;
let tarball: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-package-'));
  await exec('npm', ['run', 'build'], { cwd: ROOT });
  const { stdout } = await exec(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--silent', '--pack-destination', folder],
    { cwd: ROOT },
  );
  const [packed] = Object.values(JSON.parse(stdout)) as { filename: string }[];
  tarball = join(folder, packed?.filename ?? '');
  await mkdir(join(folder, 'node_modules'));
  await exec('tar', ['-xzf', tarball, '-C', join(folder, 'node_modules')], { cwd: folder });
  await rename(join(folder, 'node_modules/package'), join(folder, 'node_modules/treasury-breaker'));
  await cp(join(ROOT, 'node_modules/xstate'), join(folder, 'node_modules/xstate'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const node = async (code: string): Promise<string> => {
  await writeFile(join(folder, 'script.js'), code);
  const { stdout } = await exec(process.execPath, ['script.js'], { cwd: folder });
  return stdout;
};

/** What is read when a file is imported: itself and its own files, and the packages and parts of Node that these import. */
async function importedFrom(file: string) {
  const packages = new Set<string>();
  const files = new Set([file]);
  for (const path of files) {
    const specifiers = (await readFile(path, 'utf8')).matchAll(/^(?:import|export)\b.*?"([^"]+)";$/gm);
    for (const [, specifier = ''] of specifiers) {
      if (specifier.startsWith('.')) files.add(join(dirname(path), specifier));
      else packages.add(specifier);
    }
  }
  return { files, packages };
}

describe('the packed package', () => {
  test('runs the example of the README as it stands there', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const [, example] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(example?.trim().split('\n')).toHaveLength(5);
    expect(await node(example ?? '')).toBe(
      'fetch failed\nCLOSED -> OPEN: failureThreshold\nfetch failed\ncircuit breaker "rates" is OPEN\n',
    );
  });

  test('needs nothing but xstate for the breaker and the machines', async () => {
    const names = await node(`
      const { createCircuitBreaker, createTreasuryExecutor } = await import('treasury-breaker');
      const { circuitBreakerMachine } = await import('treasury-breaker/machines');
      console.log(typeof createCircuitBreaker, typeof createTreasuryExecutor, circuitBreakerMachine.id);
    `);
    expect(names).toBe('function function circuitBreaker\n');
  });

  // To import one of Node's modules reads everything that it exports: some load more than all of this package.
  test.each([
    ['machines/index.js', ['xstate']],
    ['src/index.js', ['xstate']],
    ['src/threads/index.js', ['node:worker_threads']],
  ])('imports from %s nothing but its own files and %j', async (entry, expected) => {
    const dist = join(folder, 'node_modules/treasury-breaker/dist');
    const { packages } = await importedFrom(join(dist, entry));
    expect([...packages].toSorted()).toEqual(expected);
  });

  test('shares a breaker with a thread, with nothing but xstate', async () => {
    const said = await node(`
      import { once } from 'node:events';
      import { isMainThread, Worker, workerData } from 'node:worker_threads';
      import { createCircuitBreaker } from 'treasury-breaker';
      import { attachBreaker, shareBreaker } from 'treasury-breaker/threads';
      if (isMainThread) {
        const breaker = createCircuitBreaker({ policy: { failureThreshold: 1 } });
        await once(new Worker(new URL(import.meta.url), { workerData: shareBreaker(breaker) }), 'exit');
        console.log(breaker.state, breaker.failures);
      } else {
        attachBreaker(workerData).recordFailure();
      }
    `);
    expect(said).toBe('OPEN 1\n');
  });

  test('serves the inspector with nothing but xstate, and names what its charts need', async () => {
    const said = await node(`
      import { once } from 'node:events';
      import { createServer } from 'node:http';
      import { createCircuitBreaker } from 'treasury-breaker';
      import { createInspector } from 'treasury-breaker/inspect';
      const inspector = createInspector();
      const breaker = createCircuitBreaker({ inspect: inspector.inspect });
      const server = createServer(inspector.handler).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const base = 'http://127.0.0.1:' + server.address().port + '/inspect';
      const page = await (await fetch(base)).text();
      const [, script] = /src="([^"]+)"/.exec(page);
      const loaded = await (await fetch(new URL(script, base))).text();
      const imported = [...loaded.matchAll(/from '(.\\/[^']+)'/g)].map(([, file]) => file);
      const answers = await Promise.all(imported.map((file) => fetch(new URL(file, new URL(script, base)))));
      console.log(script, imported.length > 20, answers.every(({ status }) => status === 200));
      const feed = await fetch(base + '/feed');
      const { value } = await feed.body.getReader().read();
      const [, chart] = /"chart":"([^"]+)"/.exec(Buffer.from(value).toString());
      console.log(await (await fetch(base + '/charts/' + chart)).text());
      inspector.stop();
      server.closeAllConnections();
      server.close();
    `);
    expect(said).toBe(
      '/inspect/assets/main.js true true\n' +
        '{"error":"charts are drawn with elkjs, which is not installed: npm install elkjs"}\n',
    );
  });

  test('brings the bridge to @xstate/inspect with the packages that cannot stand beside XState 5', async () => {
    const said = await node(`
      import { once } from 'node:events';
      import { createServer } from 'node:http';
      import { createCircuitBreaker } from 'treasury-breaker';
      import { createInspector } from 'treasury-breaker/inspect';
      import { createXStateInspectBridge } from 'treasury-breaker/xstate-inspect';
      const inspector = createInspector();
      const breaker = createCircuitBreaker({ name: 'rates', inspect: inspector.inspect });
      const bridge = createXStateInspectBridge({ inspector });
      const server = createServer(bridge.handler).listen(0, '127.0.0.1');
      server.on('upgrade', (request, socket, head) => bridge.upgrade(request, socket, head) || socket.destroy());
      await once(server, 'listening');
      const base = '127.0.0.1:' + server.address().port + '/xstate-inspect';
      const page = await (await fetch('http://' + base)).text();
      const scripts = [...page.matchAll(/(?:src|href)="(\\/[^"]+)"/g)].map(([, path]) => path);
      const found = await Promise.all(scripts.map((path) => fetch(new URL(path, 'http://' + base))));
      console.log(scripts.length, found.every(({ status }) => status === 200));
      const tool = new WebSocket('ws://' + base);
      tool.onopen = () => tool.send('{"type":"xstate.inspecting"}');
      tool.onmessage = ({ data }) => {
        const { type, id, machine } = JSON.parse(data);
        console.log(type, id, Object.keys(JSON.parse(machine).states).join(' '));
        bridge.stop();
        inspector.stop();
        server.closeAllConnections();
        server.close();
        breaker.stop();
      };
    `);
    expect(said).toBe('4 true\nservice.register rates RESTORING CLOSED OPEN HALF_OPEN ISOLATED\n');
  });

  test('draws charts beside the command with nothing installed', async () => {
    const worker = new Worker(join(folder, 'node_modules/treasury-breaker/dist/cli/layout-worker.js'));
    try {
      worker.postMessage({ name: 'breaker', chart: readChart(circuitBreakerMachine) });
      const [{ svg }] = await once(worker, 'message');
      expect(svg).toContain('data-state="circuitBreaker.HALF_OPEN"');
    } finally {
      await worker.terminate();
    }
  });

  test.each([
    ['store/sqlite', 'kysely'],
    ['chain/evm', 'viem'],
    ['telemetry', 'prom-client'],
    ['testing', '@xstate/graph'],
  ])('names what %s needs where it is missing, with the command that installs it', async (subpath, peer) => {
    const said = await node(`
      await import('treasury-breaker/${subpath}').catch((error) => console.log(error.message));
    `);
    expect(said).toBe(
      `treasury-breaker/${subpath} needs ${peer}, which is not installed: npm install ${peer}\n`,
    );
  });

  test('holds the subpaths whose peers are there', async () => {
    await mkdir(join(folder, 'node_modules/@xstate'));
    for (const peer of ['kysely', 'viem', 'prom-client', '@xstate/graph']) {
      await symlink(join(ROOT, 'node_modules', peer), join(folder, 'node_modules', peer));
    }
    const names = await node(`
      const { openSqliteStore } = await import('treasury-breaker/store/sqlite');
      const { openEvmChain } = await import('treasury-breaker/chain/evm');
      const { registerBreakerMetrics } = await import('treasury-breaker/telemetry');
      const { explorePaths } = await import('treasury-breaker/testing');
      console.log(...[openSqliteStore, openEvmChain, registerBreakerMetrics, explorePaths].map((each) => typeof each));
    `);
    expect(names).toBe('function function function function\n');
  });

  test('brings the command with everything that it needs', async () => {
    const command = join(folder, 'node_modules/treasury-breaker/dist/cli/treasury.js');
    const { stdout } = await exec(process.execPath, [command, '--version'], { cwd: folder });
    expect(stdout).toBe('0.1.0\n');
    const imported = await exec(
      process.execPath,
      [command, 'import', join(ROOT, 'examples/disbursements.csv'), '--json'],
      { cwd: folder },
    );
    expect(JSON.parse(imported.stdout)).toMatchObject({ imported: 246, repeated: 0 });
    const listed = await exec(process.execPath, [command, 'list', '--limit', '2', '--json'], { cwd: folder });
    expect(listed.stdout.trim().split('\n')).toHaveLength(2);
    // It ends with 1 where Prometheus is a fault, and its alerts come from a file of the package.
    const asked = ['doctor', '--prometheus-url', 'none', '--json'];
    const doctor = await exec(process.execPath, [command, ...asked], { cwd: folder }).catch((error) => error);
    expect(doctor.stdout).toMatch(/"check":"store","verdict":"ok"/);
    expect(doctor.stdout).toMatch(
      /"check":"alerts","verdict":"failed","finding":"[^"]* is no http or https URL"/,
    );
  });

  test('brings the command so that it reads a fifth of it when it starts', async () => {
    const cli = join(folder, 'node_modules/treasury-breaker/dist/cli');
    const { files } = await importedFrom(join(cli, 'treasury.js'));
    const all = (await readdir(cli)).filter((name) => name.endsWith('.js')).map((name) => join(cli, name));
    const sizeOf = async (paths: Iterable<string>) => {
      const stats = await Promise.all([...paths].map((path) => stat(path)));
      return stats.reduce((sum, { size }) => sum + size, 0);
    };
    expect(files.size).toBeGreaterThan(5);
    expect(await sizeOf(files)).toBeLessThan((await sizeOf(all)) / 5);
  });

  test('is what publint and are-the-types-wrong expect of an ESM package', async () => {
    const { stdout } = await exec('publint', ['--strict', tarball], { cwd: ROOT });
    expect(stdout).toContain('All good!');
    await exec('attw', [tarball, '--profile', 'esm-only', '--quiet'], { cwd: ROOT });
  });

  test('has types, lint and formatting in order', async () => {
    await exec('npm', ['run', 'typecheck'], { cwd: ROOT });
    await exec('npm', ['run', 'lint'], { cwd: ROOT });
  });
});
