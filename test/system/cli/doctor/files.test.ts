import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Check } from '../../../../src/cli/doctor/check.ts';
import { configuration } from '../../../../src/cli/doctor/configuration.ts';
import { control } from '../../../../src/cli/doctor/control.ts';
import { key } from '../../../../src/cli/doctor/key.ts';
import { store } from '../../../../src/cli/doctor/store.ts';
import { DEV_ADDRESS, DEV_PRIVATE_KEY } from '../../../../src/dev/anvil.ts';
import type { StoreLook } from '../../../../src/store/sqlite-look.ts';
import { makeOldStore } from '../../../support/old-store.ts';
import { CHECKOUT, objectsOf } from '../treasury.ts';
import { inFolder, line, title } from './support.ts';

const { at, bound, db, folder, found, holding, withStore } = inFolder();

beforeEach(() => writeFileSync(at('key'), `${DEV_PRIVATE_KEY}\n`, { mode: 0o600 }));

describe('key', () => {
  test('that others can read', async () => {
    chmodSync(at('key'), 0o640);
    const keyFile = at('key');
    expect(await found(key, { keyFile })).toEqual(
      line('failed', /can be read by others$/, /^run "chmod 600 .*key"$/),
    );
    chmodSync(keyFile, 0o600);
    expect(await found(key, { keyFile })).toEqual(
      line('ok', new RegExp(`^${DEV_ADDRESS}, readable by its owner`)),
    );
  });

  test('that is none', async () => {
    const keyFile = at('key');
    for (const text of ['ab', '0'.repeat(64)]) {
      writeFileSync(keyFile, text);
      expect(await found(key, { keyFile })).toEqual(line('failed', /key/, /put the right key into the file/));
    }
    expect(await found(key, { keyFile: at('none') })).toEqual(line('failed', /ENOENT/, /--key-file/));
    expect(await found(key)).toEqual(line('warning', /no key was given/, /--key-file/));
  });

  test('of another account than the store belongs to', async () => {
    const keyFile = at('key');
    await bound({ signer: `0x${'ab'.repeat(20)}` });
    expect(await found(key, { keyFile })).toEqual(
      line(
        'failed',
        new RegExp(`of ${DEV_ADDRESS}, and the store belongs to 0xabab`),
        /or with --db the store/,
      ),
    );
    await bound({}, at('right.db'));
    expect(await found(key, { keyFile, db: at('right.db') })).toEqual(line('ok', /the signer of the store$/));
  });
});

describe('configuration', () => {
  test('one file for key and token', async () => {
    const flags = { keyFile: at('key'), controlTokenFile: at('.//key') };
    expect(await found(configuration, flags)).toEqual(line('failed', /name one file/, /another file/));
    writeFileSync(at('token'), 'sixteen-or-more-characters', { mode: 0o600 });
    expect(await found(configuration, { ...flags, controlTokenFile: at('token') })).toEqual(
      line(
        'ok',
        /^Node [\d.]+; breaker 5 failures, 60 s open, 2 successes; a tick every 1 s, lease 60 s, final after 12/,
      ),
    );
  });
});

describe('control', () => {
  test('a token that others can read, or guess', async () => {
    const controlTokenFile = at('token');
    writeFileSync(controlTokenFile, 'short\n', { mode: 0o644 });
    expect(await found(control, { controlTokenFile })).toEqual(line('failed', /read by others/, /chmod 600/));
    chmodSync(controlTokenFile, 0o600);
    expect(await found(control, { controlTokenFile })).toEqual(line('failed', /at least 16/, /openssl rand/));
    writeFileSync(controlTokenFile, randomBytes(32).toString('hex'));
    expect(await found(control, { controlTokenFile })).toEqual(line('ok', /readable by its owner only$/));
    expect(await found(control)).toEqual(line('ok', /nobody isolates/));
  });
});

describe('store', () => {
  test('that is missing', async () => {
    expect(await found(store)).toEqual(
      line('failed', /^there is no store at /, /treasury import FILE --db /),
    );
    expect(existsSync(db())).toBe(false);
    await holding(5n, 6n);
    expect(await found(store)).toEqual(
      line('ok', /^2 payments, 2 of them open; quick check passed, .* bound to no chain/),
    );
    await bound();
    expect(await found(store)).toEqual(
      line('ok', /bound to chain 31337, [\d.]+ GiB free \(in doubt: treasury audit/),
    );
  });

  test('that is damaged', async () => {
    await holding(...Array.from({ length: 300 }, (_, index) => BigInt(index + 1)));
    copyFileSync(db(), at('backup.db'));
    const bytes = readFileSync(db());
    writeFileSync(db(), bytes.fill(0x5a, bytes.length - 8_192));
    expect(await found(store)).toEqual(line('failed', /damaged/, /keep a copy .*restore a backup/));
    copyFileSync(at('backup.db'), db());
    expect(await found(store)).toEqual(line('ok', /^300 payments/));
  });

  test('of a newer version, of another program, of no kind that there is', async () => {
    await holding(5n);
    const connection = new DatabaseSync(db());
    connection.exec(`insert into kysely_migration (name, timestamp) values ('9999-later', '')`);
    expect(await found(store)).toEqual(line('failed', /newer version \(schema 9999-later\)/, /upgrade/));
    connection.exec(`delete from kysely_migration where name = '9999-later'; pragma application_id = 7`);
    expect(await found(store)).toEqual(line('failed', /another program/, /name another file/));
    connection.close();
    const server = await found(store, { db: 'postgres://user:secret@host/treasury' });
    expect(server).toEqual(line('failed', /database server/, /path of a file/));
    expect(JSON.stringify(server)).not.toContain('secret');
  });

  test('of an older version is left so, until a command opens it', async () => {
    await makeOldStore(db(), 0);
    chmodSync(db(), 0o600);
    const older = line('warning', /^an older version wrote it: 4 migrations \(0002-control, /, /keep a copy/);
    expect(await found(store)).toEqual(older);
    expect(await found(store)).toEqual(older);
    await withStore((opened) => opened.countByStatus());
    expect(await found(store)).toEqual(line('ok', /schema of this version/));
  });

  test('that others can read', async () => {
    await holding(5n);
    chmodSync(db(), 0o644);
    expect(await found(store)).toEqual(
      line('warning', /^others can read it/, /^run "chmod 600 .*treasury\.db\*"$/),
    );
    chmodSync(db(), 0o600);
    expect(await found(store)).toEqual(line('ok', /^1 payment,/));
  });
});

test('what a check has opened is closed at the end', async () => {
  await holding(5n);
  let look: StoreLook | undefined;
  const looking: Check = {
    name: 'look',
    examine: async (subject) => {
      look = await subject.store();
      return [];
    },
  };
  expect(await found(looking)).toEqual([]);
  await expect(look?.tallies()).rejects.toThrow(/destroyed|not open|closed/);
});

/** Root may become anybody, and anybody may read this checkout. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const canBeNobody =
  process.getuid?.() === 0 && spawnSync(process.execPath, [CHECKOUT, '--version'], NOBODY).status === 0;

describe.skipIf(!canBeNobody)(
  title('the store of somebody else', canBeNobody, 'root alone may become another'),
  () => {
    test('cannot be written to', async () => {
      await holding(5n);
      chmodSync(folder(), 0o755);
      chmodSync(db(), 0o644);
      // Beside an executor that runs: what SQLite needs to read is there.
      await withStore(async (opened) => {
        await opened.highestEpoch();
        const { stdout } = spawnSync(process.execPath, [CHECKOUT, 'doctor', '--db', db(), '--json'], {
          encoding: 'utf8',
          ...NOBODY,
        });
        expect(objectsOf(stdout)).toContainEqual(
          expect.objectContaining({
            ...{ check: 'store', verdict: 'failed' },
            finding: expect.stringMatching(/^this user cannot write to /),
            remedy: expect.stringContaining('as the owner of both'),
          }),
        );
        expect(objectsOf(stdout)).toContainEqual(
          expect.objectContaining({
            ...{ check: 'store durability', verdict: 'failed' },
            finding: expect.stringContaining('EACCES: permission denied'),
            remedy: 'check the path, its owner and its mode',
          }),
        );
      });
    });
  },
);
