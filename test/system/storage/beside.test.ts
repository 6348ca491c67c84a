import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { DisbursementRow } from '../../../machines/index.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { end, startLive } from '../cli/live-treasury.ts';
import { type Ending, objectsOf } from '../cli/treasury.ts';
import { idsFrom, inFolderWithChain, PAYEE, rowsOf } from './run-under.ts';

const { fill, folder, paid, payFrom, treasury } = inFolderWithChain();

/** Rounds of commands, each a process of its own. One lasts as long as a good part of the visits. */
const ROUNDS = 1;
const ROWS_A_ROUND = 5;
/** What the commands do, in this process and so far more often. */
const VISITS = 20;

/** What a listing has to show: each id once, in order, and all of those that were imported before it began. */
function expectConsistent(
  rows: readonly Pick<DisbursementRow, 'id' | 'status' | 'nonce'>[],
  known: readonly string[],
): void {
  const ids = rows.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].toSorted());
  expect(ids).toEqual(expect.arrayContaining([...known]));
  const nonces = rows.flatMap(({ nonce }) => (nonce === undefined || nonce === null ? [] : [nonce]));
  expect(new Set(nonces).size).toBe(nonces.length);
  for (const { status, nonce } of rows) if (status === 'queued') expect(nonce ?? undefined).toBeUndefined();
}

/** Opens the store as a command does, imports, lists, and closes it; at times the log begins anew. */
async function visit(db: string, number: number, known: string[]): Promise<void> {
  const id = `visit-${String(number).padStart(3, '0')}`;
  const row = { id, destination: PAYEE, amount: 1n, memo: '', scheduledEpoch: 0, dependsOn: [] };
  const store = await openSqliteStore(db);
  expect(await store.importDisbursements([row], { now: Date.now() })).toEqual({ imported: 1, repeated: 0 });
  known.push(id);
  expectConsistent(await store.list(), known);
  expect((await store.checkAudit()).faultCount).toBe(0);
  await store.close();
  if (number % 5 > 0) return;
  const other = new DatabaseSync(db);
  other.exec(`pragma wal_checkpoint(${number % 2 > 0 ? 'restart' : 'truncate'})`);
  other.close();
}

test('import, list and audit beside an executor all the time: neither harms the other, and all is paid once', async () => {
  const db = await fill('treasury.db', idsFrom('first', 5));
  const live = startLive(
    folder(),
    payFrom(db).filter((arg) => !['--once', '--json'].includes(arg)),
  );
  onTestFinished(async () => void (await end(live, 'SIGKILL')));
  await live.line(({ progress }) => progress?.leaseHeld === true);

  const known = [...idsFrom('first', 5)];
  const seen: Ending[] = [];
  const commands = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = [...known];
      const ids = idsFrom(`round-${round}`, ROWS_A_ROUND);
      const [imported, listed, audited] = await Promise.all([
        treasury(['import', '-', '--db', db], rowsOf(ids)),
        treasury(['list', '--json', '--db', db]),
        treasury(['audit', '--check', '--db', db]),
      ]);
      seen.push(imported, listed, audited);
      known.push(...ids);
      expectConsistent(objectsOf(listed.stdout) as unknown as DisbursementRow[], before);
    }
  };
  const visits = async (): Promise<void> => {
    for (let number = 0; number < VISITS; number += 1) await visit(db, number, known);
  };
  await Promise.all([commands(), visits()]);

  expect(seen.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    seen.map(() => ({ code: 0, stderr: '' })),
  );
  await live.line(({ progress }) => progress?.paid === known.length);
  expect(await end(live, 'SIGTERM'), live.stderr()).toBe(0);
  expect(live.stderr()).toBe('');
  expect(known).toHaveLength(5 + VISITS + ROUNDS * ROWS_A_ROUND);
  expect(await paid()).toBe(BigInt(known.length));
});
