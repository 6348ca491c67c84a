import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { title } from '../cli/doctor/support.ts';
import { commandOf, expectStorageFault, idsFrom, inFolderWithChain, rowsOf, runToEnd } from './run-under.ts';
import { canMount, readOnlyAround } from './small-disk.ts';

const ids = idsFrom('R', 3);
const { at, fill, folder, paid, payFrom } = inFolderWithChain();

/** Root may write anywhere, so it becomes somebody who may not. */
const isRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };
const user = isRoot ? NOBODY : {};
const [node = '', ...version] = commandOf('--version');
const canBeNobody = !isRoot || spawnSync(node, version, NOBODY).status === 0;

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
      expect(await run(payFrom(db))).toMatchObject({ code: 0, stderr: '' });
      expect(await paid()).toBe(BigInt(ids.length));
    });
  },
);

describe.skipIf(!canMount)(title('a read-only disk', canMount, 'no disk may be mounted here'), () => {
  test('is named, and nothing is paid', async () => {
    const made = await fill('made.db', ids);
    mkdirSync(at('disk'));
    const db = at('disk/treasury.db');
    writeFileSync(db, readFileSync(made));
    const inside = (args: readonly string[], input = '') =>
      runToEnd(readOnlyAround(at('disk'), commandOf(...args)), { cwd: folder(), input });
    expectStorageFault(await inside(payFrom(db)), /check the path, the owner and the mode|check the mode of/);
    expectStorageFault(
      await inside(['import', '-', '--db', at('disk/none.db')], rowsOf(ids)),
      /it cannot be written: check the mode of the file and its directory, and the mount/,
    );
    expect(await paid()).toBe(0n);
  });
});
