import { ConfigurationError } from '../errors.ts';
import type { StoreLook } from '../store/sqlite-look.ts';
import type { Store } from '../store/store.ts';

/** A server's URL may hold a password, so messages about it never repeat it. */
export const isServerUrl = (db: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(db);

/**
 * Opens the store that `--db` names.
 *
 * The driver is loaded here and not before: `treasury --help` needs none.
 *
 * @throws ConfigurationError when it is not there (unless `create`) or is of a kind that this version does not have.
 */
export async function openStore(db: string, options: { readonly create: boolean }): Promise<Store> {
  assertFile(db);
  const { openSqliteStore } = await import('../store/sqlite.ts');
  return openSqliteStore(db, options);
}

/**
 * Opens the store that `--db` names to look at it: it is left as it is.
 *
 * @throws as {@link openStore} without `create`
 */
export async function lookAtStore(db: string): Promise<StoreLook> {
  assertFile(db);
  const { lookAtSqliteStore } = await import('../store/sqlite-look.ts');
  return lookAtSqliteStore(db);
}

function assertFile(db: string): void {
  if (!isServerUrl(db)) return;
  throw new ConfigurationError(
    '--db names a database server, which this version cannot use: give the path of a file',
  );
}

/** Opens the store, does one piece of work, and closes it whatever happens. */
export async function withStore<Result>(
  db: string,
  options: { readonly create: boolean },
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(db, options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
