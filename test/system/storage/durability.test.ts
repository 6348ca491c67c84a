import { describe, expect, test } from 'vitest';
import { DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { title } from '../cli/doctor/support.ts';
import { idsFrom, inFolderWithChain } from './run-under.ts';
import { canTrace, sentTooEarly, syncsIn, traced } from './trace.ts';

const ROWS = 5;
/** Each of them is imported, leased, staged and submitted, one after another. */
const COMMITS = 4 * ROWS;

const { chain, fill, folder, paid } = inFolderWithChain();

async function rawTxsIn(path: string): Promise<readonly string[]> {
  const store = await openSqliteStore(path);
  const rows = await store.list();
  await store.close();
  return rows.flatMap(({ intents }) => intents.map(({ rawTx }) => rawTx));
}

/** Pays in a process of its own, and gives the calls that it made. */
const payTraced = (how: string, db: string) =>
  traced(folder(), [how, db, chain().url, DEV_PRIVATE_KEY], { writes: true });

describe.skipIf(!canTrace)(title('traced by strace', canTrace, 'strace may not trace here'), () => {
  test('every commit makes an fsync', async () => {
    const db = await fill('treasury.db', ['R-1']);
    const syncs = syncsIn(await traced(folder(), ['commit', db, `${ROWS}`])).length;
    expect(syncs).toBeGreaterThanOrEqual(COMMITS);
    // And the log's own beginning and end: there is nothing else that could stand in for a commit's.
    expect(syncs).toBeLessThanOrEqual(COMMITS + 2);
  });

  test('the bytes of every payment are on the disk before the first of them leaves', async () => {
    const db = await fill('treasury.db', idsFrom('R', ROWS));
    const calls = await payTraced('pay', db);
    const rawTxs = await rawTxsIn(db);
    expect(rawTxs).toHaveLength(ROWS);
    expect(sentTooEarly(calls, rawTxs)).toEqual([]);
    // And that it is the syncs which it goes by.
    const without = calls.map((call) => (call.includes('sync') ? '' : call));
    expect(sentTooEarly(without, rawTxs)).toEqual(rawTxs);
    expect(await paid()).toBe(BigInt(ROWS));
  });

  test('the check sees bytes that leave before they are kept', async () => {
    const db = await fill('treasury.db', ['R-1']);
    const calls = await payTraced('pay hastily', db);
    const rawTxs = await rawTxsIn(db);
    expect(rawTxs).toHaveLength(1);
    expect(sentTooEarly(calls, rawTxs)).toEqual(rawTxs);
  });
});
