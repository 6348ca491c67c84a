import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../docs/markdown.ts';

// That it runs and sees lines come, so that it does not rot; how fast is nothing for a test.
test('the bench from event to pixel sees the lines of the log come', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, 'pixel.json');
  const args = ['--seconds', '1', '--per-second', '50', '--out', out];
  await promisify(execFile)(process.execPath, ['bench/pixel.ts', ...args], { cwd: ROOT });
  const { lines, perSecond, p95Ms } = JSON.parse(await readFile(out, 'utf8'));
  expect(lines).toBeGreaterThan(0);
  expect({ perSecond, p95Ms }).toEqual({ perSecond: 50, p95Ms: expect.any(Number) });
});
