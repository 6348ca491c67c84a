import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { title } from '../cli/doctor/support.ts';
import { CHECKOUT } from '../cli/treasury.ts';
import {
  canRun,
  commandOf,
  expectStorageFault,
  idsFrom,
  inFolderWithChain,
  rowsOf,
  runToEnd,
} from './run-under.ts';
import { canMount, mountSmallDisk, readOnlyAround } from './small-disk.ts';

const DISK_BYTES = 4 * 1024 ** 2;
const ids = idsFrom('R', 8);
const { at, fill, folder, paid, payFrom, payRest } = inFolderWithChain();
const FULL = /: the disk is full: make room, then start again \(/;

describe.skipIf(!canMount)(title('a disk that is full', canMount, 'no disk may be mounted here'), () => {
  test('ends the executor with 74 in the middle of its payments, and a restart pays all once', async () => {
    const closed = await fill('made.db', ids, { inTurn: true });
    mkdirSync(at('disk'));
    const disk = await mountSmallDisk(at('disk'), DISK_BYTES);
    onTestFinished(() => disk.close());
    copyFileSync(closed, disk.path('treasury.db'));
    const db = at('disk/treasury.db');
    const inside = (...args: readonly string[]) =>
      runToEnd(disk.around(commandOf(...args)), { cwd: folder() });

    disk.leaveRoom(256 * 1024);
    expectStorageFault(await inside(...payFrom(db)), FULL);
    const before = await paid();
    expect(before).toBeGreaterThan(0n);
    expect(before).toBeLessThan(BigInt(ids.length));

    // Not even room for what a reader needs.
    disk.makeRoom();
    disk.leaveRoom(0);
    expectStorageFault(await inside('list', '--db', db), FULL);

    disk.makeRoom();
    expect(await inside(...payFrom(db))).toMatchObject({ code: 0, stderr: '' });
    expect(await paid()).toBe(BigInt(ids.length));
  });
});

const limitsHere = canRun('prlimit', '--fsize=1000000', 'true');

describe.skipIf(!limitsHere)(title('files that may not grow', limitsHere, 'there is no prlimit here'), () => {
  // Node ignores SIGXFSZ, which would end the process: a write beyond the limit fails with EFBIG, for SQLite a failed write.
  test('end the executor with 74 in the middle of its payments, and a restart pays all once', async () => {
    const db = await fill('treasury.db', ids, { inTurn: true });
    // The log begins anew, and has the limit to itself.
    const limit = statSync(db).size + 96 * 1024;
    const ending = await runToEnd(['prlimit', `--fsize=${limit}`, ...commandOf(...payFrom(db))], {
      cwd: folder(),
      // What Node keeps of compiled code is a file, too.
      env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    expectStorageFault(ending, /reading or writing failed: check the disk, the system log and .*ulimit -f/);
    const before = await paid();
    expect(before).toBeGreaterThan(0n);
    expect(before).toBeLessThan(BigInt(ids.length));
    await payRest(db);
    expect(await paid()).toBe(BigInt(ids.length));
  });
});

/** Root may write anywhere, so it becomes somebody who may not. */
const isRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };
const user = isRoot ? NOBODY : {};
const reading = ['--eval', 'fs.readFileSync(process.argv[1])', CHECKOUT];
const canBeNobody = !isRoot || spawnSync(process.execPath, reading, NOBODY).status === 0;

/** A folder with a store, all of it the user's own. */
async function fillFolder(name: string): Promise<string> {
  const made = await fill('made.db', ids);
  mkdirSync(at(name));
  const db = at(`${name}/treasury.db`);
  renameSync(made, db);
  if (isRoot) {
    chmodSync(folder(), 0o755);
    for (const each of [db, at(name), at('key')]) chownSync(each, NOBODY.uid, NOBODY.gid);
  }
  return db;
}

describe.skipIf(!canBeNobody)(
  title('a directory that cannot be written', canBeNobody, 'nobody may not read this checkout'),
  () => {
    const run = (args: readonly string[], input?: string) =>
      runToEnd(commandOf(...args), { cwd: folder(), ...user, ...(input !== undefined && { input }) });

    test('ends the command with 74 and leaves the store as it is, until it can be', async () => {
      const db = await fillFolder('closed');
      const before = readFileSync(db);
      chmodSync(at('closed'), 0o555);
      expectStorageFault(
        await run(payFrom(db)),
        /it cannot be written: check the mode of the file and its directory, and the mount/,
      );
      expectStorageFault(
        await run(['import', '-', '--db', at('closed/none.db')], rowsOf(ids)),
        /access denied: check the owner and mode of the file and its directory/,
      );
      expect(readFileSync(db).equals(before)).toBe(true);
      chmodSync(at('closed'), 0o755);
      await payRest(db);
      expect(await paid()).toBe(BigInt(ids.length));
    });
  },
);

describe.skipIf(!canMount)(title('a read-only disk', canMount, 'no disk may be mounted here'), () => {
  test('is named, and nothing is made', async () => {
    const command = commandOf('import', '-', '--db', at('none.db'));
    expectStorageFault(
      await runToEnd(readOnlyAround(folder(), command), { cwd: folder(), input: rowsOf(ids) }),
      /it cannot be written: check the mode of the file and its directory, and the mount/,
    );
    expect(existsSync(at('none.db'))).toBe(false);
  });
});
