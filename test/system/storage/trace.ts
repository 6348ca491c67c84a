import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { canRun, runToEnd } from './run-under.ts';

const PROGRAM = fileURLToPath(new URL('./traced-program.ts', import.meta.url));

/** Processes may be traced here, and no other calls are made slower by it. */
const TRACING = ['-f', '--seccomp-bpf'];
export const canTrace = canRun('strace', ...TRACING, 'true');

const SYNCS = 'fsync,fdatasync';
const WRITES = 'pwrite64,write,writev,sendto,sendmsg';
/** A page of the log, and a request to a node, are shown as a whole. */
const SHOWN_BYTES = 4_200;

/** Runs the program under strace, and gives its system calls in order, a line each. */
export async function traced(
  folder: string,
  args: readonly string[],
  { writes = false }: { readonly writes?: boolean } = {},
): Promise<readonly string[]> {
  const trace = `${folder}/calls-${args[0]?.replaceAll(' ', '-')}`;
  const calls = writes ? `${SYNCS},${WRITES}` : SYNCS;
  const ending = await runToEnd(
    [
      ...['strace', ...TRACING, '-y', '-s', `${SHOWN_BYTES}`, '-o', trace, '-e', `trace=${calls}`],
      ...[process.execPath, PROGRAM, ...args],
    ],
    { cwd: folder },
  );
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  return readFileSync(trace, 'latin1').split('\n');
}

/** Where calls come to an end that make the log of a store durable. One may be told in two lines, another's between. */
export function syncsIn(calls: readonly string[]): readonly number[] {
  const begun = new Set<string>();
  return calls.flatMap((call, at) => {
    const [thread = ''] = call.split(' ', 1);
    if (/f(?:data)?sync\(.*-wal>\s*<unfinished/.test(call)) begun.add(thread);
    const isResumed = /f(?:data)?sync resumed>\)\s*= 0$/.test(call) && begun.delete(thread);
    return isResumed || /f(?:data)?sync\(.*-wal>\)\s*= 0$/.test(call) ? [at] : [];
  });
}

/**
 * Which of these signed transactions were given to a node before they were durable: written to the log of the store, and that
 * synced.
 */
export function sentTooEarly(calls: readonly string[], rawTxs: readonly string[]): readonly string[] {
  const syncs = syncsIn(calls);
  return rawTxs.filter((rawTx) => {
    const sent = calls.findIndex((call) => call.includes('eth_sendRawTransaction') && call.includes(rawTx));
    expect(sent, 'it was sent').toBeGreaterThan(-1);
    const written = calls.findIndex((call) => /pwrite64\(.*-wal>/.test(call) && call.includes(rawTx));
    const durable = syncs.find((at) => at > written);
    return written < 0 || durable === undefined || sent < durable;
  });
}
