import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CommitTimes, DurabilityProbe } from '../../store/durability.ts';
import { isServerUrl } from '../open-store.ts';
import { type Check, type Finding, failed, ok, unexamined, warning } from './check.ts';
import { type FileSystem, fileSystemOf } from './file-system.ts';
import { milliseconds } from './texts.ts';

/** Whether what the store has committed survives a power cut: rule M1 rests on it. */
export const storeDurability: Check = {
  name: 'store durability',
  async examine({ options: { db } }) {
    if (isServerUrl(db)) return [unexamined('there is no folder of the store', 'store')];
    const file = resolve(db);
    const folder = dirname(await realpath(file).catch(() => file));
    const isThere = await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isThere) return [unexamined(`there is no folder ${folder}`, 'store')];
    const { probeDurability } = await import('../../store/durability.ts');
    return judgeDurability(await probeDurability(folder), await fileSystemOf(folder));
  },
};

/** SQLite's number for an fsync at each commit. */
const FULL = 2;
/** Without the kernel's word: a commit with fsync that takes so many times as long has made one. */
const CLEARLY_LONGER = 2;

/**
 * What the commits of a scratch database beside the store show.
 *
 * That an fsync is made shows in the kernel letting the thread wait at the commits with it, not in a number of
 * milliseconds, which differs from disk to disk. Where the kernel does not tell, or an fsync ends without a wait, the
 * same commits without one are the measure.
 */
export function judgeDurability(
  probe: DurabilityProbe,
  fileSystem: FileSystem | undefined,
): readonly Finding[] {
  const { journalMode, synchronous, commits, durable, lazy } = probe;
  if (journalMode !== 'wal' || synchronous < FULL) {
    return [
      failed(
        `SQLite runs with journal_mode ${journalMode} and synchronous ${synchronous}, not with WAL and FULL`,
        'put the store on a local disk',
      ),
    ];
  }
  const where = fileSystem === undefined ? '' : ` on ${fileSystem.name}`;
  const isSeen = isMade(durable, lazy, commits);
  const measured = `${describe(durable, commits)}, without fsync ${milliseconds(lazy.medianMs)}`;
  const problems = [
    ...(isSeen || fileSystem?.keeping === 'memory' ? [] : [notMade(where, measured)]),
    ...judgePlace(fileSystem),
  ];
  return problems.length > 0 ? problems : [ok(`WAL, synchronous FULL${where}; ${measured}`)];
}

function isMade(durable: CommitTimes, lazy: CommitTimes, commits: number): boolean {
  if (durable.waited !== undefined && 2 * durable.waited >= commits) return true;
  return durable.medianMs > CLEARLY_LONGER * lazy.medianMs;
}

function describe({ waited, medianMs }: CommitTimes, commits: number): string {
  const each = `${milliseconds(medianMs)} each`;
  return waited === undefined
    ? `${commits} commits with fsync, ${each}`
    : `${waited} of ${commits} commits waited for the disk, ${each}`;
}

const notMade = (where: string, measured: string): Finding =>
  failed(
    `an fsync does nothing${where}: ${measured}; a power cut takes payments that were recorded`,
    'find what swallows it (a library like eatmydata in LD_PRELOAD, sync=disabled, a volume in memory), or move the store',
  );

function judgePlace(fileSystem: FileSystem | undefined): readonly Finding[] {
  const { name, keeping } = fileSystem ?? { name: '', keeping: 'kept' };
  const move = 'put the store on a local disk, with --db';
  switch (keeping) {
    case 'kept':
      return [];
    case 'memory':
      return [failed(`the store lies in memory (${name}): a power cut or a restart takes all of it`, move)];
    case 'network':
      return [
        failed(
          `the store lies on a network file system (${name}), on which SQLite's locks do not hold`,
          move,
        ),
      ];
    case 'layer':
      return [
        warning(
          `the store lies in a container's own layer (${name}), which goes when the container is removed`,
          'put it on a volume, with --db',
        ),
      ];
    case 'unclear':
      return [
        warning(
          `the store lies on ${name}, and what is behind it decides whether an fsync reaches a disk`,
          'put the store on a local disk, with --db, or make sure of it',
        ),
      ];
  }
}
