import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** Which of these packages a new process has loaded after importing one of our entry points. */
const packagesLoadedBy = async (entry: string): Promise<string[]> => {
  const url = new URL(`../../../src/${entry}`, import.meta.url).href;
  // All of them are CommonJS, or have CommonJS parts: whoever imports them, they stand in this cache.
  const script = `
    import { createRequire } from 'node:module';
    await import(${JSON.stringify(url)});
    const files = Object.keys(createRequire(import.meta.url).cache).join();
    const packages = ['prom-client', 'fastify', 'zod'];
    console.log(JSON.stringify(packages.filter((name) => files.includes('/node_modules/' + name + '/'))));
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(stdout);
};

test('the root loads neither prom-client nor a server', async () => {
  expect(await packagesLoadedBy('index.ts')).toEqual([]);
});

test('telemetry loads prom-client, and no server', async () => {
  expect(await packagesLoadedBy('telemetry/index.ts')).toEqual(['prom-client']);
});
