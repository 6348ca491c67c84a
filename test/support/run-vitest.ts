import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const LIMIT_MS = 100_000;

/** Vitest's JSON report, as far as it is used. */
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

export type VitestReport = z.infer<typeof Report>;

/**
 * Runs vitest in a process of its own, in a folder that holds the tests and can find vitest.
 *
 * @param test what its configuration says beneath `test`; the report is asked for here
 * @throws Error with what it wrote to stderr when it did not come to a report
 */
export async function runVitest(folder: string, test: object): Promise<VitestReport> {
  const config = join(folder, 'vitest.config.mjs');
  const outputFile = join(folder, 'report.json');
  // A cache of its own: the usual place is in the node_modules, which may be a link.
  const settings = { cacheDir: join(folder, 'cache'), test: { ...test, reporters: ['json'], outputFile } };
  writeFileSync(config, `export default ${JSON.stringify(settings)};\n`);
  // It is run from within vitest, and is not to take itself for one of that one's workers.
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'));
  const child = spawn(process.execPath, [VITEST, 'run', '--root', folder, '--config', config], {
    cwd: folder,
    env: Object.fromEntries(outside),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  try {
    return Report.parse(JSON.parse(readFileSync(outputFile, 'utf8')));
  } catch (cause) {
    throw new Error(`vitest did not run to its end:\n${said}`, { cause });
  }
}
