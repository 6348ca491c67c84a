import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress, Summary } from '../../../src/cli/live/progress.ts';
import type { DevChain } from '../../../src/dev/dev-chain.ts';
import { devRpc } from '../../../src/dev/dev-rpc.ts';
import { PROGRAM } from './treasury.ts';

/** One line of its output. */
export interface Line {
  readonly msg?: string;
  readonly progress?: Progress;
  readonly summary?: Summary;
  /** Of a drill. */
  readonly name?: string;
  readonly todo?: string;
  readonly verdict?: string;
}

/** A `treasury dev` or `run` that runs, read line by line. */
export interface LiveTreasury {
  readonly process: ChildProcess;
  readonly stderr: () => string;
  /**
   * The first line, seen already or still to come, for which this holds. Rejects when the process ends before.
   *
   * @param from lines before this one are not looked at
   */
  line(holds: (line: Line) => boolean, from?: number): Promise<Line>;
  /** How many lines there were so far. */
  mark(): number;
  /** Where it serves. */
  url(): Promise<string>;
  readonly ended: Promise<number | null>;
  summary(): Promise<Summary>;
}

interface LiveOptions {
  readonly nodeOptions?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Another program that prints lines of JSON. @defaultValue the command as the package brings it */
  readonly program?: string;
  readonly stdin?: 'ignore' | 'pipe';
  /** Hears of each line as it comes. */
  readonly onLine?: (line: Line) => void;
}

/** Starts the command with `--json` in a folder. Whoever starts it ends it. */
export function startLive(
  folder: string,
  args: readonly string[],
  { nodeOptions = [], env = process.env, program = PROGRAM, stdin = 'ignore', onLine }: LiveOptions = {},
): LiveTreasury {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args, '--json'], {
    cwd: folder,
    env,
    stdio: [stdin, 'pipe', 'pipe'],
  });
  const lines: Line[] = [];
  let rest = '';
  let stderr = '';
  let hasEnded = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  child.stdout?.on('data', (data: Buffer) => {
    const parts = (rest + data.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line: Line = JSON.parse(part);
      lines.push(line);
      onLine?.(line);
    }
    wake();
  });
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const ended = once(child, 'close').then(([code]) => {
    hasEnded = true;
    wake();
    return code as number | null;
  });

  const line: LiveTreasury['line'] = (holds, from = 0) => {
    const { promise, resolve, reject } = Promise.withResolvers<Line>();
    const look = () => {
      const found = lines.slice(from).find(holds);
      if (found !== undefined) resolve(found);
      else if (hasEnded) reject(new Error(`it ended before: ${JSON.stringify(lines.slice(-3))} ${stderr}`));
      else return;
      waiting.delete(look);
    };
    waiting.add(look);
    look();
    return promise;
  };
  return {
    process: child,
    stderr: () => stderr,
    line,
    mark: () => lines.length,
    ended,
    url: async () => {
      const { msg } = await line((each) => each.msg?.startsWith('metrics at ') ?? false);
      return new URL((msg ?? '').slice('metrics at '.length)).origin;
    },
    summary: async () => {
      const { summary } = await line((each) => each.summary !== undefined);
      if (summary === undefined) throw new Error('unreachable');
      return summary;
    },
  };
}

/** Ends a process by signal, and waits until it is gone. */
export async function end(live: LiveTreasury, signal: NodeJS.Signals): Promise<number | null> {
  live.process.kill(signal);
  return live.ended;
}

/** The chain that `treasury dev` left running in a folder. */
export async function chainOf(folder: string): Promise<DevChain> {
  return JSON.parse(await readFile(join(folder, '.treasury', 'chain.json'), 'utf8'));
}

/** Ends the chain of a folder, if there is one. */
export async function endChainOf(folder: string): Promise<void> {
  const chain = await chainOf(folder).catch(() => undefined);
  if (chain !== undefined) process.kill(chain.pid, 'SIGKILL');
}

export async function balanceOf({ url }: DevChain, address: string): Promise<bigint> {
  return BigInt(await devRpc<string>(url, 'eth_getBalance', [address, 'latest']));
}
