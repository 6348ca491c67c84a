import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StorageError } from '../errors.ts';
import { isAnvilAt, startAnvil } from './anvil.ts';

/** Where the dev chain runs. */
export interface DevChain {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly genesisHash: string;
}

export interface FoundChain extends DevChain {
  /** It ran already, with its blocks. */
  readonly isOld: boolean;
}

const SECONDS_PER_BLOCK = 1;

const recordOf = (folder: string): string => join(folder, 'chain.json');

async function readRecord(folder: string): Promise<DevChain | undefined> {
  try {
    const { url, port, pid, genesisHash } = JSON.parse(await readFile(recordOf(folder), 'utf8')) as DevChain;
    const isWhole = [port, pid].every(Number.isSafeInteger) && typeof genesisHash === 'string';
    return isWhole && typeof url === 'string' ? { url, port, pid, genesisHash } : undefined;
  } catch {
    return undefined;
  }
}

/** Rewritten as a whole or not at all, so that a kill in between leaves the old one. */
async function writeRecord(folder: string, chain: DevChain): Promise<void> {
  const path = recordOf(folder);
  await writeFile(`${path}.new`, `${JSON.stringify(chain)}\n`);
  await rename(`${path}.new`, path);
}

/**
 * Finds the chain that an earlier `treasury dev` left running, by its genesis hash, or starts one that outlives this
 * process, so that killing the command loses no block.
 *
 * @param folder holds the chain's record and log
 * @throws StorageError when that folder cannot be written, ConfigurationError when anvil is not installed
 */
export async function findOrStartChain(folder: string): Promise<FoundChain> {
  try {
    return await findOrStart(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new StorageError(
      `the local chain cannot be kept in ${folder} (${code}): choose another place with --db`,
      {
        cause: error,
      },
    );
  }
}

async function findOrStart(folder: string): Promise<FoundChain> {
  await mkdir(folder, { recursive: true });
  const old = await readRecord(folder);
  if (old !== undefined && (await isAnvilAt(old.url, old.genesisHash))) return { ...old, isOld: true };
  const anvil = await startAnvil({
    blockTime: SECONDS_PER_BLOCK,
    detached: true,
    logFile: join(folder, 'chain.log'),
  });
  const { url, port, pid, genesisHash } = anvil;
  const chain = { url, port, pid, genesisHash };
  await writeRecord(folder, chain).catch(async (error) => {
    // Nobody would find it again.
    await anvil.stop();
    throw error;
  });
  return { ...chain, isOld: false };
}

/** Ends the chain that the record names, if it is that chain, and forgets it. */
export async function endChain(folder: string): Promise<void> {
  const old = await readRecord(folder);
  if (old !== undefined && (await isAnvilAt(old.url, old.genesisHash))) process.kill(old.pid, 'SIGTERM');
  await rm(recordOf(folder), { force: true });
}

/** The folder beside the store in which `treasury dev` keeps its chain. */
export const chainFolder = (db: string): string => dirname(db);
