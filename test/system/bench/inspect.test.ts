import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../docs/markdown.ts';

// That it runs and checks its own work, so that it does not rot; what the numbers are is nothing for a test.
test('the bench of the inspector measures every load in every situation', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, 'inspect.json');
  const args = ['--runs', '1', '--seconds', '0.05', '--watchers', '0,2,tool', '--out', out];
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/inspect.ts', ...args], {
    cwd: ROOT,
  });

  const heads = [
    'no `inspect`',
    'empty `inspect`',
    'nobody watching',
    '2 watchers',
    '1 tool of @xstate/inspect',
  ];
  for (const head of heads) expect(stdout).toContain(head);
  const { host, measured } = JSON.parse(await readFile(out, 'utf8'));
  expect(host).toEqual({ cpu: expect.any(String), cores: expect.any(Number), node: process.versions.node });
  expect(measured.map(({ load }: { load: string }) => load)).toEqual(['pair', 'cycle', 'execute', 'tick']);
  for (const { cells } of measured) {
    expect(cells).toEqual(
      ['none', 'empty', 0, 2, 'tool'].map((situation) => ({ situation, micros: [expect.any(Number)] })),
    );
  }
});
