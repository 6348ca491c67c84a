import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../docs/markdown.ts';

// That it runs and checks its own work, so that it does not rot; what the numbers are is nothing for a test.
test('the bench of threads measures admissions and reports', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, 'threads.json');
  const size = ['--runs', '1', '--seconds', '0.01', '--threads', '1,2', '--failures', '100'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['bench/threads.ts', ...size, '--out', out],
    { cwd: ROOT },
  );
  const { admissions, reports, here } = JSON.parse(await readFile(out, 'utf8'));
  expect(admissions.map(({ load, threads }: { load: string; threads: number }) => [load, threads])).toEqual(
    ['bare', 'closed', 'open', 'full'].flatMap((load) => [
      [load, 1],
      [load, 2],
    ]),
  );
  for (const { nanos } of admissions) expect(nanos).toEqual([expect.any(Number)]);
  for (const { micros } of reports) expect(micros).toEqual([expect.any(Number)]);
  expect(here).toEqual([expect.any(Number)]);
  for (const title of ['admitted in CLOSED', 'refused in OPEN', 'until the owner has counted it'])
    expect(stdout).toContain(title);
});
