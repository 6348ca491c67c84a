import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { CONTENDERS } from '../../../bench/breaker/contenders.ts';
import type { Measure, SubjectAnswer, SubjectQuestion } from '../../../bench/breaker/subject.ts';
import { askFresh } from '../../../bench/kit/fresh-process.ts';
import { ROOT } from '../../docs/markdown.ts';

// That it runs and checks its own work, so that it does not rot; what the numbers are is nothing for a test.

test('the bench of the breaker measures it beside its peers and a bare call', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, 'breaker.json');
  const args = ['--runs', '1', '--warm-up', '0.01', '--seconds', '0.01', '--only', '"closed"', '--out', out];
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/breaker.ts', ...args], {
    cwd: ROOT,
  });
  const { measured } = JSON.parse(await readFile(out, 'utf8'));
  expect(measured).toHaveLength(CONTENDERS.length - 1);
  for (const { values } of measured) expect(values).toEqual([expect.any(Number)]);
  for (const title of ['a call that succeeds, CLOSED', 'the same, an inspector attached', 'opossum'])
    expect(stdout).toContain(title);
  expect(stdout).not.toContain('NaN');
});

const SUBJECT = new URL('../../../bench/breaker/subject.ts', import.meta.url);
const of = 'treasury-breaker';

test.each<Measure>([
  { kind: 'load', load: 'mixed', of },
  { kind: 'load', load: 'refused', of },
  { kind: 'load', load: 'crowd', of },
  { kind: 'own', load: 'allowClosed' },
  { kind: 'own', load: 'allowOpen' },
  { kind: 'own', load: 'slot' },
  { kind: 'own', load: 'permit' },
  { kind: 'cycle', part: 'whole', of },
  { kind: 'heap', of },
])('it measures %j, too', async (measure) => {
  const { value } = await askFresh<SubjectQuestion, SubjectAnswer>(SUBJECT, {
    measure,
    warmUpSeconds: 0.01,
    seconds: 0.01,
  });
  expect(value).toBeGreaterThan(0);
});
