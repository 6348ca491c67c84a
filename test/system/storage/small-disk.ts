import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canRun } from './run-under.ts';

/** Root has a mount namespace for the asking; others need a user namespace around it, where that is allowed. */
const isRoot = process.getuid?.() === 0;
const OF_ITS_OWN = isRoot ? ['-m'] : ['-r', '-m'];
const ENTERING = isRoot ? ['-m'] : ['-U', '--preserve-credentials', '-m'];

const inNamespace = (script: string, ...args: readonly string[]): readonly string[] => [
  ...['unshare', ...OF_ITS_OWN, 'sh', '-c', script],
  ...args,
];

/** Whether disks can be mounted here that nobody else sees. */
export const canMount =
  canRun(...(inNamespace('mount -t tmpfs -o size=64k none "$0"', tmpdir()) as [string, ...string[]])) &&
  canRun('nsenter', '--version');

/** A program around which a folder cannot be written to: it is mounted once more, read-only. */
export const readOnlyAround = (folder: string, command: readonly string[]): readonly string[] =>
  inNamespace('mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"', folder, ...command);

export interface SmallDisk {
  /** A program that sees the disk. */
  around(command: readonly string[]): readonly string[];
  /** Where this process sees a file that lies on it. */
  path(name: string): string;
  /** Fills it but for so many bytes, or empties it again. */
  leaveRoom(bytes: number): void;
  makeRoom(): void;
  close(): Promise<void>;
}

/** Mounts a disk of so many bytes on a folder, in memory, seen by nobody but those who are started around it. */
export async function mountSmallDisk(folder: string, bytes: number): Promise<SmallDisk> {
  const [tool = '', ...args] = inNamespace(
    `mount -t tmpfs -o size=${bytes} none "$0" && echo ready && exec cat`,
    folder,
  );
  const holder = spawn(tool, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  const path = (name: string): string => join(`/proc/${holder.pid}/root`, folder, name);
  return {
    around: (command) => ['nsenter', '-t', `${holder.pid}`, ...ENTERING, ...command],
    path,
    leaveRoom(room) {
      const { bavail, bsize } = statfsSync(path('.'));
      writeFileSync(path('filler'), Buffer.alloc(bavail * bsize - room));
    },
    makeRoom: () => rmSync(path('filler')),
    async close() {
      const ended = once(holder, 'close');
      holder.stdin.end();
      await ended;
    },
  };
}
