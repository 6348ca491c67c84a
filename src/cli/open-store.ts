import { ConfigurationError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/** A server's URL may hold a password, so messages about it never repeat it. */
const isServerUrl = (db: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(db);

/**
 * Opens the store that `--db` names.
 *
 * The driver is loaded here and not before: `treasury --help` needs none.
 *
 * @throws ConfigurationError when it is not there (unless `create`) or is of a kind that this version does not have.
 */
export async function openStore(db: string, options: { readonly create: boolean }): Promise<Store> {
  if (isServerUrl(db)) {
    throw new ConfigurationError(
      '--db names a database server, which this version cannot use: give the path of a file',
    );
  }
  const { openSqliteStore } = await import('../store/sqlite.ts');
  return openSqliteStore(db, options);
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
