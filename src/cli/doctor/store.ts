import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DisbursementStatus } from '../../../machines/index.ts';
import type { StoreLook } from '../../store/sqlite-look.ts';
import { type Check, type Finding, failed, ok, warning } from './check.ts';
import { bytes, counted } from './texts.ts';

/** Larger files take so long to be read that the doctor does not. */
const LARGEST_CHECKED = 1024 ** 3;
/** A store that meets a full disk ends its executor. */
const FREE = { failed: 64 * 1024 ** 2, warning: 1024 ** 3 } as const;

/** Whether the store is there, sound, of this version, its owner's alone, and has room. */
export const store: Check = {
  name: 'store',
  async examine(subject) {
    const { db } = subject.options;
    const look = await subject.store();
    if (look === undefined) {
      return [
        failed(
          `there is no store at ${db}`,
          `name it with --db, or make it: treasury import FILE --db ${db}`,
        ),
      ];
    }
    const { bavail, bsize } = await statfs(dirname(look.file));
    const free = bavail * bsize;
    const { mode, size } = await stat(look.file);
    const problems = [
      ...(await judgeContent(look, size)),
      ...judgeSchema(look.missingMigrations),
      ...(await judgeAccess(look.file)),
      ...judgeMode(look.file, mode),
      ...judgeSpace(free),
    ];
    // A damaged file may not tell what it holds.
    return problems.length > 0 ? problems : [ok(await describe(look, free))];
  },
};

async function judgeContent(look: StoreLook, size: number): Promise<readonly Finding[]> {
  if (size > LARGEST_CHECKED) {
    return [
      warning(
        `it was not read as a whole, since it has ${bytes(size)}`,
        'run treasury audit --check, which reads it',
      ),
    ];
  }
  const [fault] = await look.quickCheck();
  if (fault === undefined) return [];
  return [
    failed(
      `the file is damaged: ${fault}`,
      'end the executor, keep a copy of the file, and restore a backup; treasury audit --check then tells whether all agrees',
    ),
  ];
}

function judgeSchema(missing: readonly string[]): readonly Finding[] {
  if (missing.length === 0) return [];
  return [
    warning(
      `an older version wrote it: ${counted(missing.length, 'migration')} (${missing.join(', ')}) will be applied by the next command that opens it`,
      'keep a copy of the file first; an older version cannot open it any more afterwards',
    ),
  ];
}

async function judgeAccess(file: string): Promise<readonly Finding[]> {
  const isWritable = (path: string) =>
    access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
  const folder = dirname(file);
  if ((await isWritable(file)) && (await isWritable(folder))) return [];
  return [
    failed(
      `this user cannot write to ${file} and its folder, which SQLite needs`,
      'run the executor and the doctor as the owner of both',
    ),
  ];
}

function judgeMode(file: string, mode: number): readonly Finding[] {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return [];
  return [
    warning(
      'others can read it: it holds payees, amounts, and signed transactions that whoever has them can send',
      `run "chmod 600 ${file}*"`,
    ),
  ];
}

/** @param free bytes */
export function judgeSpace(free: number): readonly Finding[] {
  if (free >= FREE.warning) return [];
  const make = free < FREE.failed ? failed : warning;
  return [make(`${bytes(free)} are free on its disk: a full disk ends the executor`, 'make room')];
}

const PENDING: readonly DisbursementStatus[] = ['queued', 'staged', 'submitted'];

async function describe(look: StoreLook, free: number): Promise<string> {
  const tallies = await look.tallies();
  const sum = (statuses: readonly DisbursementStatus[]) =>
    statuses.reduce((rows, status) => rows + tallies[status].rows, 0);
  const all = sum(Object.keys(tallies) as DisbursementStatus[]);
  const bound = await look.store.boundChain();
  return (
    `${counted(all, 'payment')}, ${sum(PENDING)} of them open; quick check passed, schema of this version, ` +
    `${bound === undefined ? 'bound to no chain yet' : `bound to chain ${bound.chainId}`}, ${bytes(free)} free ` +
    '(in doubt: treasury audit --check)'
  );
}
