import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { title } from '../cli/doctor/support.ts';
import { canRun, commandOf, expectStorageFault, idsFrom, inFolderWithChain, runToEnd } from './run-under.ts';

const ids = idsFrom('R', 30);
const { fill, folder, paid, payFrom, treasury } = inFolderWithChain();

const limitsHere = canRun('prlimit', '--fsize=1000000', 'true');

describe.skipIf(!limitsHere)(title('files that may not grow', limitsHere, 'there is no prlimit here'), () => {
  // Node ignores SIGXFSZ, which would end the process: a write beyond the limit fails with EFBIG, for SQLite a failed write.
  test('end the executor with 74 in the middle of its payments, and a restart pays all once', async () => {
    const db = await fill('treasury.db', ids);
    // The log begins anew, and has the limit to itself.
    const limit = statSync(db).size + 64 * 1024;
    const ending = await runToEnd(['prlimit', `--fsize=${limit}`, ...commandOf(...payFrom(db))], {
      cwd: folder(),
      // What Node keeps of compiled code is a file, too.
      env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    expectStorageFault(ending, /reading or writing failed: check the disk, the system log and .*ulimit -f/);
    const before = await paid();
    expect(before).toBeGreaterThan(0n);
    expect(before).toBeLessThan(BigInt(ids.length));
    expect(await treasury(payFrom(db))).toMatchObject({ code: 0, stderr: '' });
    expect(await paid()).toBe(BigInt(ids.length));
  });
});
