import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import type { ChainBinding } from '../store/store.ts';

/** A database in WAL mode is these files. */
const SUFFIXES = ['', '-wal', '-shm'] as const;

const isSame = (a: ChainBinding, b: ChainBinding): boolean =>
  a.chainId === b.chainId && a.genesisHash === b.genesisHash && a.signer === b.signer;

/** Moves a store out of the way and gives the folder that it is in now. */
async function setAside(db: string, now: Date): Promise<string> {
  const folder = join(dirname(db), `set-aside-${now.toISOString().replaceAll(/[:.]/g, '-')}`);
  await mkdir(folder, { recursive: true });
  for (const suffix of SUFFIXES) {
    await rename(`${db}${suffix}`, join(folder, `${basename(db)}${suffix}`)).catch((error) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  return folder;
}

/**
 * Makes room for the dev chain: a store of a dev chain that is gone speaks of blocks that nobody has any more, so it is
 * set aside. A store of any other chain is nothing that a drill may touch.
 *
 * @returns the folder that the old store was moved to, or `undefined` when it may stay
 * @throws ConfigurationError when the store belongs to a chain that is no dev chain
 */
export async function makeRoom(
  db: string,
  found: ChainBinding | undefined,
  chain: ChainBinding,
  now: Date,
): Promise<string | undefined> {
  if (found === undefined || isSame(found, chain)) return undefined;
  if (found.chainId !== chain.chainId || found.signer !== chain.signer) {
    throw new ConfigurationError(
      `${db} belongs to chain ${found.chainId} and signer ${found.signer}: give treasury dev a store of its own with --db`,
    );
  }
  return setAside(db, now);
}

/** Deletes a dev store. */
export async function removeStore(db: string): Promise<void> {
  for (const suffix of SUFFIXES) await rm(`${db}${suffix}`, { force: true });
}
