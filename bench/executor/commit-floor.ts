// The other floor of the executor, in a process of its own: how many durable commits a second the store makes, one after
// the other, each as small as one can be.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { question, reply } from '../kit/fresh-process.ts';

export interface CommitFloorQuestion {
  readonly commits: number;
}

export interface CommitFloorAnswer {
  readonly commitsPerSecond: number;
}

const { commits } = question<CommitFloorQuestion>();
const folder = mkdtempSync(join(tmpdir(), 'bench-commits-'));
const store = await openSqliteStore(join(folder, 'treasury.db'));
const lease = await store.acquireLease({ owner: 'bench', ttlMs: 3_600_000, now: Date.now() });
if (lease === undefined) throw new Error('a new store has no lease to give');
const startedAt = performance.now();
for (let commit = 0; commit < commits; commit += 1) await store.saveBreaker(lease, commit);
const seconds = (performance.now() - startedAt) / 1_000;
await store.close();
rmSync(folder, { recursive: true });
reply({ commitsPerSecond: commits / seconds } satisfies CommitFloorAnswer);
