import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { anvilBinary } from './anvil-binary.ts';
import { type DevBlock, devRpc } from './dev-rpc.ts';

/**
 * Private key of anvil's first account, which starts with 10,000 coins on every dev chain. It is printed by anvil itself
 * and public knowledge: never send anything of value to its address.
 */
export const DEV_PRIVATE_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

/** The address of {@link DEV_PRIVATE_KEY}, lower case. */
export const DEV_ADDRESS = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';

/** anvil's own, which no public chain has. */
export const DEV_CHAIN_ID = 31_337;

export interface AnvilOptions {
  /** 0 picks a free one. @defaultValue 0 */
  readonly port?: number;
  /** Seconds between blocks; without it a block is made for each transaction. */
  readonly blockTime?: number;
  readonly chainId?: number;
  /** A session of its own, which outlives this process however that one ends. @defaultValue false */
  readonly detached?: boolean;
  /** Where its output is appended; nowhere by default. */
  readonly logFile?: string;
}

/** A dev chain that runs. */
export interface Anvil {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Different for every start, so that a chain can be found again by it. */
  readonly genesisHash: string;
  /** Ends the process and waits for its end. May be called again. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const READY_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 2_000;
const PORT_ATTEMPTS = 5;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(impatience);
};

const launch = (port: number, gasLimit: number, options: AnvilOptions): ChildProcess => {
  const args = ['--host', HOST, '--port', `${port}`, '--gas-limit', `${gasLimit}`];
  if (options.blockTime !== undefined) args.push('--block-time', `${options.blockTime}`);
  if (options.chainId !== undefined) args.push('--chain-id', `${options.chainId}`);
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a');
  const output = log ?? 'ignore';
  const child = spawn(anvilBinary(), args, {
    detached: options.detached ?? false,
    stdio: ['ignore', output, output],
  });
  if (log !== undefined) closeSync(log); // the child has its own
  return child;
};

/** Waits until this very process answers: `undefined` once it has ended, as it does when its port is taken. */
const whenReady = async (
  child: ChildProcess,
  url: string,
  gasLimit: number,
): Promise<DevBlock | undefined> => {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!hasEnded(child)) {
    const genesis = await devRpc<DevBlock>(url, 'eth_getBlockByNumber', ['0x0', false]).catch(
      () => undefined,
    );
    // Another chain may have taken the port a moment ago and answer here; ours has the gas limit that we drew.
    if (genesis !== undefined && Number(genesis.gasLimit) === gasLimit) return genesis;
    if (performance.now() > deadline) {
      await stopChild(child);
      throw new Error(`anvil did not answer at ${url} within ${READY_WITHIN_MS / 1000} s`);
    }
    await pause(20);
  }
  return undefined;
};

/** Ties a child to this process: it goes when this one exits, except by SIGKILL. */
const endWithParent = (child: ChildProcess): void => {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
};

const startAt = async (port: number, options: AnvilOptions): Promise<Anvil | undefined> => {
  const url = `http://${HOST}:${port}`;
  // anvil's genesis block has nothing of its own but a time in whole seconds, so that two chains that start in the same
  // second would have the same hash: the gas limit is the one field that we may choose freely.
  const gasLimit = 30_000_000 + randomInt(1_000_000);
  const child = launch(port, gasLimit, options);
  await once(child, 'spawn');
  if (options.detached) child.unref();
  else endWithParent(child);
  const genesis = await whenReady(child, url, gasLimit);
  if (genesis === undefined || child.pid === undefined) return undefined;
  return { url, port, pid: child.pid, genesisHash: genesis.hash, stop: () => stopChild(child) };
};

/**
 * Starts a local chain on loopback and waits until it answers, at most 10 s.
 *
 * @throws Error when anvil is not installed (the message has the command), does not answer, or the port is taken.
 */
export const startAnvil = async (options: AnvilOptions = {}): Promise<Anvil> => {
  const { port = 0 } = options;
  const attempts = port === 0 ? PORT_ATTEMPTS : 1;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    // A free port may be taken before anvil binds it: then anvil ends at once, and the next port is tried.
    const anvil = await startAt(port === 0 ? await freePort() : port, options);
    if (anvil !== undefined) return anvil;
  }
  const log = options.logFile === undefined ? '' : `; see ${options.logFile}`;
  throw new Error(
    port === 0 ? `anvil ended at once${log}` : `anvil ended at once: is port ${port} taken?${log}`,
  );
};

/** Whether the chain with this genesis hash answers at a URL. `false` where nothing or another chain does. */
export const isAnvilAt = async (url: string, genesisHash: string): Promise<boolean> => {
  const genesis = await devRpc<DevBlock>(url, 'eth_getBlockByNumber', ['0x0', false]).catch(() => undefined);
  return genesis?.hash === genesisHash;
};
