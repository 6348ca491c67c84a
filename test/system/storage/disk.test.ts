import { copyFileSync, mkdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { title } from '../cli/doctor/support.ts';
import { commandOf, expectStorageFault, idsFrom, inFolderWithChain, runToEnd } from './run-under.ts';
import { canMount, mountSmallDisk } from './small-disk.ts';

const DISK_BYTES = 4 * 1024 ** 2;
const ids = idsFrom('R', 30);
const { at, fill, folder, paid, payFrom } = inFolderWithChain();
const FULL = /: the disk is full: make room, then start again \(/;

describe.skipIf(!canMount)(title('a disk that is full', canMount, 'no disk may be mounted here'), () => {
  test('ends the executor with 74 in the middle of its payments, and a restart pays all once', async () => {
    const closed = await fill('made.db', ids);
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
