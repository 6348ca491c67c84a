import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importDisbursementFile, parseDisbursements, readDisbursements } from '../../src/cli/import-file.ts';
import { InputError } from '../../src/cli/input-error.ts';
import { ImportConflictError } from '../../src/store/store.ts';
import { csv, goodRow, PAYEE } from './rows.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(name: string, content: string | Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, content);
  return readDisbursements(path);
}

const line = `A,${PAYEE},5,é,,`;

describe('reading a file', () => {
  test('goes by how it begins, and by its extension', async () => {
    const json = JSON.stringify([goodRow()]);
    expect((await read('a.JSON', json)).rows).toHaveLength(1);
    expect((await read('a', ` \n${json}`)).rows).toHaveLength(1);
    expect((await read('a.txt', csv(line))).rows).toHaveLength(1);
    expect((await read('a.csv', json)).rows).toHaveLength(1);
    await expect(read('a.json', csv(line))).rejects.toThrow('expected a value');
    await expect(read('b', '{"rows":[]}')).rejects.toThrow('expected an array of rows');
  });

  test('takes no notice of a byte order mark', async () => {
    expect((await read('a.csv', `\ufeff${csv(line)}`)).rows).toHaveLength(1);
    expect((await read('a', `\ufeff${JSON.stringify([goodRow()])}`)).rows).toHaveLength(1);
  });

  test('refuses what is not UTF-8, naming the line', async () => {
    await expect(read('a.csv', Buffer.from(csv(line, line), 'latin1'))).rejects.toThrow(
      'line 2: expected UTF-8 text',
    );
    await expect(read('a.csv', Buffer.from(`\ufeff${csv(line)}`, 'utf16le'))).rejects.toThrow(
      'line 1: expected UTF-8',
    );
  });

  test('that is not there, or no file, names the path', async () => {
    await expect(readDisbursements(join(folder, 'none.csv'))).rejects.toThrow(
      'none.csv cannot be read (no such file)',
    );
    await expect(readDisbursements(folder)).rejects.toThrow('(it is a directory)');
    await expect(readDisbursements(folder)).rejects.toThrow(InputError);
  });
});

describe('importing a file', () => {
  const file = parseDisbursements(csv(line, line, `B,${PAYEE},5,,,`), 'a.csv');

  test('counts repeats within the file and with the store together', async () => {
    const store = { importDisbursements: async () => ({ imported: 1, repeated: 1 }) };
    expect(await importDisbursementFile(store, file, { now: 0 })).toEqual({ imported: 1, repeated: 2 });
  });

  test('names line and id of a row that contradicts a stored one', async () => {
    const store = {
      importDisbursements: () => Promise.reject(new ImportConflictError('B', ['amount', 'memo'])),
    };
    await expect(importDisbursementFile(store, file, { now: 0 })).rejects.toThrow(
      'a.csv, line 4, column id: "B" is stored with another amount, memo;',
    );
  });
});
