import { readdirSync, readlinkSync } from 'node:fs';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { AuditRecord, Store } from '../../src/store/store.ts';
import { readChain } from './chain-reader.ts';
import type { Evidence } from './evidence.ts';
import { runProgram } from './program.ts';
import { until } from './until.ts';
import { runArgs, type World } from './world.ts';

/** Everything is paid within seconds once nothing is in the way; a busy machine has many. */
const SETTLED_WITHIN_MS = 180_000;
const LOOK_MS = 100;
const PAGE = 1_000;

/**
 * Nothing goes wrong any more, and nothing new comes: what is there is paid. Then the executors are stopped as an
 * operator stops them, and one that is run `--once` finds nothing left to do.
 */
export async function settle(world: World): Promise<void> {
  const { feeder, facts, seats, program, folder, broken } = world;
  await feeder.stop();
  const isOver = () => facts.unfinished().length === 0 || !seats.some((seat) => seat.isThere);
  await until(isOver, SETTLED_WITHIN_MS, LOOK_MS);
  const left = facts.unfinished().length;
  if (left > 0) broken('lost', `P2: ${left} payments are still open after the quiet period`);
  for (const seat of seats) {
    const code = await seat.stop();
    if (code !== 0 && code !== undefined)
      broken('invariant', `executor ${seat.name} was asked to stop and ended with ${code}`);
  }
  const args = [...runArgs(seats[0].wire), '--once', '--timeout', '2m', '--json'];
  const { code, stderr } = await runProgram(program, folder, args);
  if (code !== 0) broken('lost', `P2: a run --once ended with ${code}: ${stderr.trim()}`);
  for (const pid of processesIn(folder)) broken('invariant', `process ${pid} is still there`);
}

/** Processes of this machine that work in a folder; where there is no /proc, none is found. */
function processesIn(folder: string): readonly string[] {
  const isThere = (pid: string): boolean => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  };
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isThere(name));
  } catch {
    return [];
  }
}

/** Reads chain and store, once everybody has ended. */
export async function gather(world: World): Promise<Evidence> {
  const { program, folder, facts, payouts, chain, payer } = world;
  const audit = await runProgram(program, folder, ['audit', '--check', '--db', facts.path]);
  const damage = facts.damage();
  const leaseOwner = facts.lease().owner;
  facts.close();
  const store = await openSqliteStore(facts.path, { create: false });
  try {
    return {
      asked: payouts.asked,
      chain: await readChain(
        chain.url,
        payer,
        payouts.asked.map(({ destination }) => destination),
      ),
      rows: await store.list(),
      trail: await wholeTrail(store),
      audit: { code: audit.code, said: `${audit.stdout}${audit.stderr}`.trim() },
      leaseOwner,
      damage,
    };
  } finally {
    await store.close();
  }
}

async function wholeTrail(store: Store): Promise<readonly AuditRecord[]> {
  const trail: AuditRecord[] = [];
  for (;;) {
    const page = await store.auditTrail({ after: trail.at(-1)?.seq ?? 0, limit: PAGE });
    if (page.length === 0) return trail;
    trail.push(...page);
  }
}
