import { readdirSync, readFileSync } from 'node:fs';

/**
 * Processes that were started with this variable in their environment, by whom and in what group or session they may be.
 * Those of other people, which cannot be read, are none of ours. Linux only.
 */
export function processesWith(variable: string, value: string): readonly number[] {
  const wanted = `${variable}=${value}`;
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name) && environmentOf(name).includes(wanted))
    .map(Number);
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** How much a process has read since it began, in bytes: how far it has come with loading itself. */
export function bytesReadBy(pid: number): number {
  try {
    return Number(/^rchar: ([0-9]+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
