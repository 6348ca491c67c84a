import { setImmediate as nextTurn } from 'node:timers/promises';
import { CompiledQuery, Kysely } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openNodeSqlite } from '../../src/store/node-sqlite.ts';
import { prepared } from '../../src/store/prepared.ts';
import type { StoreReader, StoreSchema } from '../../src/store/schema.ts';
import { storeDialect } from '../../src/store/sqlite-dialect.ts';
import { newPath } from './support.ts';

async function openMeta(): Promise<Kysely<StoreSchema>> {
  const db = new Kysely<StoreSchema>({ dialect: storeDialect(openNodeSqlite(newPath(), 1)) });
  onTestFinished(() => db.destroy());
  await db.executeQuery(CompiledQuery.raw('create table meta (key text primary key, value text)'));
  return db;
}

interface Fact {
  readonly key: string;
  readonly value: string;
}

const write = prepared((db, { key, value }: Fact) => db.insertInto('meta').values({ key, value }));
const read = prepared((db, { key }: Pick<Fact, 'key'>) =>
  db.selectFrom('meta').select('value').where('key', '=', key),
);
const valueIn = async (db: StoreReader, key: string) => (await read(db, { key })).rows[0]?.value;

describe('a prepared statement', () => {
  it('is built once, and runs with the values that it is given each time', async () => {
    const db = await openMeta();
    let built = 0;
    const counted = prepared((its, { key, value }: Fact) => {
      built += 1;
      return its.insertInto('meta').values({ key, value });
    });
    for (const key of ['a', 'b', 'c']) await counted(db, { key, value: `of ${key}` });
    expect(built).toBe(1);
    expect(await valueIn(db, 'b')).toBe('of b');
  });

  it('is part of its transaction, and gone with it', async () => {
    const db = await openMeta();
    const undone = db.transaction().execute(async (transaction) => {
      await write(transaction, { key: 'a', value: '1' });
      expect(await valueIn(transaction, 'a')).toBe('1');
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await valueIn(db, 'a')).toBeUndefined();
  });

  it('belongs to the transaction that it is run in, one after the other', async () => {
    const db = await openMeta();
    for (const key of ['a', 'b'])
      await db.transaction().execute((transaction) => write(transaction, { key, value: key }));
    expect([await valueIn(db, 'a'), await valueIn(db, 'b')]).toEqual(['a', 'b']);
  });

  it('waits for a transaction of others where it is in none', async () => {
    const db = await openMeta();
    // Not only the first time, when it has to ask for a connection anyhow.
    expect(await valueIn(db, 'a')).toBeUndefined();
    const seen: (string | undefined)[] = [];
    const holding = db.transaction().execute(async (transaction) => {
      await write(transaction, { key: 'a', value: '1' });
      const outside = valueIn(db, 'a').then((value) => seen.push(value));
      await nextTurn();
      expect(seen).toEqual([]);
      return { outside };
    });
    await (await holding).outside;
    expect(seen).toEqual(['1']);
  });
});
