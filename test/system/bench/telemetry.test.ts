import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../docs/markdown.ts';

// That it runs and checks its own work, so that it does not rot; what the numbers are is nothing for a test.
test('the bench of telemetry measures ticks and pages, each beside its peer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, 'telemetry.json');
  const args = ['--runs', '1', '--seconds', '0.01', '--finished', '7', '--out', out];
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/telemetry.ts', ...args], {
    cwd: ROOT,
  });
  const { measured } = JSON.parse(await readFile(out, 'utf8'));
  const works = measured.map(({ subject, peer }: Record<string, { work: string }>) => [
    subject?.work,
    peer?.work,
  ]);
  expect(works).toEqual([
    ['idleTick', 'idleTick'],
    ['payingTick', 'payingTick'],
    ['scrape', 'barePage'],
    ['httpScrape', 'bareHttp'],
  ]);
  for (const { title, micros, peerMicros } of measured) {
    expect([micros, peerMicros]).toEqual([[expect.any(Number)], [expect.any(Number)]]);
    expect(stdout).toContain(title);
  }
});
