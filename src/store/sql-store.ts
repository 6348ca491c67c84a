import { StorageError } from '../errors.ts';
import { checkAudit } from './audit-check.ts';
import { auditTrail } from './audit-trail.ts';
import { backlog } from './backlog.ts';
import { change, replace, requeue, stage } from './changes.ts';
import { applyControl, controlAudit, pendingControl, requestControl } from './control.ts';
import { highestEpoch, raiseEpoch } from './epoch.ts';
import { importRows, prepareImport } from './import.ts';
import { acquireLease, releaseLease } from './lease.ts';
import { bindChain, boundChain, loadBreaker, saveBreaker } from './meta.ts';
import { progress } from './progress.ts';
import { areSettled, due, find, inFlight, list, nonceFloor } from './rows.ts';
import type { StoreReader, StoreWriter } from './schema.ts';
import type { Store } from './store.ts';
import { countByStatus } from './tally.ts';

/** What a database has to offer: the statements are the same for all of them. */
export interface SqlSession {
  /** Runs the work so that all its statements see one moment. */
  read<T>(work: (db: StoreReader) => Promise<T>): Promise<T>;
  /** Runs the work in a transaction, and resolves once that survives a power cut. */
  write<T>(work: (db: StoreWriter) => Promise<T>): Promise<T>;
  /** Ends what is under way, then closes. Called once. */
  close(): Promise<void>;
}

/** A {@link Store} over any database whose tables are those of `schema.ts`. */
export function createSqlStore(session: SqlSession): Store {
  let closing: Promise<void> | undefined;
  const requireOpen = (): void => {
    if (closing) throw new StorageError('the store is closed');
  };
  const read: SqlSession['read'] = async (work) => {
    requireOpen();
    return session.read(work);
  };
  const write: SqlSession['write'] = async (work) => {
    requireOpen();
    return session.write(work);
  };
  return {
    acquireLease: (request) => write((db) => acquireLease(db, request)),
    releaseLease: (lease) => write((db) => releaseLease(db, lease)),
    bindChain: (binding) => write((db) => bindChain(db, binding)),
    boundChain: () => read(boundChain),
    highestEpoch: () => read(highestEpoch),
    raiseEpoch: (lease, epoch, options) => write((db) => raiseEpoch(db, lease, epoch, options)),
    nonceFloor: () => read(nonceFloor),
    async importDisbursements(rows, options) {
      const prepared = prepareImport(rows);
      return write((db) => importRows(db, prepared, options));
    },
    inFlight: () => read(inFlight),
    due: (query) => read((db) => due(db, query)),
    areSettled: (ids) => read((db) => areSettled(db, ids)),
    stage: (lease, intent, options) => write((db) => stage(db, lease, intent, options)),
    replace: (lease, intent, options) => write((db) => replace(db, lease, intent, options)),
    change: (lease, id, to, options) => write((db) => change(db, lease, id, to, options)),
    requeue: (ids, options) => write((db) => requeue(db, ids, options)),
    loadBreaker: () => read(loadBreaker),
    saveBreaker: (lease, snapshot) => write((db) => saveBreaker(db, lease, snapshot)),
    requestControl: (order, options) => write((db) => requestControl(db, order, options)),
    pendingControl: () => read(pendingControl),
    applyControl: (lease, request, effect) => write((db) => applyControl(db, lease, request, effect)),
    controlAudit: (query) => read((db) => controlAudit(db, query)),
    auditTrail: (query) => read((db) => auditTrail(db, query)),
    checkAudit: () => read(checkAudit),
    find: (id) => read((db) => find(db, id)),
    list: (query) => read((db) => list(db, query)),
    countByStatus: () => read(countByStatus),
    backlog: () => read(backlog),
    progress: () => read(progress),
    close() {
      closing ??= session.close();
      return closing;
    },
  };
}
