import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { isPortTaken, leftoversAt, openSite, type Site } from '../../pressure/site.ts';

let site: Site;
beforeEach(async () => {
  site = await openSite();
  await (await openSqliteStore(site.db)).close();
});
afterEach(() => site.remove());

describe('what is left behind', () => {
  test('is nothing after a store was closed', async () => {
    expect(await leftoversAt(site)).toEqual([]);
  });

  test('is a lease that nobody gave back, until it has expired', async () => {
    const store = await openSqliteStore(site.db);
    const now = Date.now();
    await store.acquireLease({ owner: 'dead', ttlMs: 60_000, now });
    await store.close();
    expect(await leftoversAt(site, { now })).toEqual(['the lease is held']);
    expect(await leftoversAt(site, { now: now + 60_000 })).toEqual([]);
  });

  test('is what SQLite keeps beside a store that is open', async () => {
    const store = await openSqliteStore(site.db);
    expect(await leftoversAt(site)).toEqual(['files treasury.db-shm, treasury.db-wal are left']);
    await store.close();
  });

  test('is a file in the place for temporary ones', async () => {
    await writeFile(join(site.env['TMPDIR'] ?? '', 'x'), '');
    expect(await leftoversAt(site)).toEqual(['files TMPDIR/x are left']);
  });

  test('is a process, in whatever session it may be', async () => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e9)'], {
      env: site.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    expect(await leftoversAt(site)).toEqual([`processes ${child.pid} are left`]);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await leftoversAt(site)).toEqual([]);
  });

  test('is a port at which somebody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await isPortTaken(port)).toBe(true);
    server.close();
    await once(server, 'close');
    expect(await isPortTaken(port)).toBe(false);
  });
});
