import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../docs/markdown.ts';

// That it runs and pays, so that it does not rot; what the numbers are is nothing for a test.
test('the bench of the executor pays on a real chain, beside the floors of chain and store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, 'executor.json');
  const size = ['--rows', '20', '--in-flight', '4', '--runs', '1', '--block-time', '0.1', '--batch', '20'];
  const args = [...size, '--finished', '7,9', '--seconds', '0.01', '--out', out];
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/executor.ts', ...args], {
    cwd: ROOT,
  });
  const { measured, commitFloors, ticks } = JSON.parse(await readFile(out, 'utf8'));
  expect(measured).toMatchObject([{ inFlight: 4, floors: [{}], payers: [{}], byHand: [{}] }]);
  const [{ floors, payers, byHand }] = measured;
  expect(byHand[0]).toEqual({ cpuMicros: expect.any(Number) });
  expect(floors[0]).toEqual({ acceptedPerSecond: expect.any(Number), minedPerSecond: expect.any(Number) });
  const [{ dueToPaidMs, tickMs, commits, calls, requests, breakerShare }] = payers;
  expect(dueToPaidMs).toHaveLength(20);
  expect(tickMs.length).toBeGreaterThan(1);
  // Each is staged, recorded and seen in a block, and many share a commit; each is sent alone.
  expect(commits).toBeGreaterThan(2);
  expect(commits).toBeLessThan(3 * 20);
  expect(requests).toBeGreaterThan(20);
  expect(calls).toBeGreaterThan(requests);
  expect(breakerShare).toBeGreaterThan(0);
  expect(breakerShare).toBeLessThan(1);
  expect(commitFloors).toEqual([{ commitsPerSecond: expect.any(Number) }]);
  expect(ticks.map(({ finished }: { finished: number }) => finished)).toEqual([7, 9]);
  for (const title of ['4 in flight', '7 paid before', 'The breaker', 'Durable commits']) {
    expect(stdout).toContain(title);
  }
});
