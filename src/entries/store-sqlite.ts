import { withPeer } from './with-peer.ts';

// `treasury-breaker/store/sqlite`: the embedded store. Needs kysely.
// Its types are those of the module itself.
export const { openSqliteStore, StoreNotFoundError } = await withPeer(
  'store/sqlite',
  ['kysely'],
  () => import('../store/sqlite.ts'),
);
