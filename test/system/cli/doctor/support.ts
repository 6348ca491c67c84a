import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Check, Verdict } from '../../../../src/cli/doctor/check.ts';
import { examine, type Line } from '../../../../src/cli/doctor/examine.ts';
import type { DoctorOptions } from '../../../../src/cli/doctor/subject.ts';
import { DEV_ADDRESS, DEV_CHAIN_ID } from '../../../../src/dev/anvil.ts';
import { openSqliteStore } from '../../../../src/store/sqlite.ts';
import type { ChainBinding, Store } from '../../../../src/store/store.ts';
import { aPayment } from '../../../support/chain.ts';
import { collect } from '../../../support/collect.ts';

/** Unlike the folder for temporary files it lies on a disk nearly everywhere. */
const DISK = '/var/tmp';

/** A folder of its own for each test of a file, and what is asked of the doctor there. */
export function inFolder() {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(DISK, 'treasury-doctor-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  const db = (): string => at('treasury.db');

  /** Makes a store, or opens it, for some work. */
  async function withStore(work: (store: Store) => Promise<unknown>, path = db()): Promise<void> {
    const opened = await openSqliteStore(path);
    await work(opened).finally(() => opened.close());
  }

  return {
    folder: () => folder,
    at,
    db,
    withStore,
    /** What is found with these flags. */
    found: (check: Check, flags: Partial<DoctorOptions> = {}): Promise<readonly Line[]> => {
      const options: DoctorOptions = {
        ...{ db: db(), port: 0, confirmations: 12, epochBlocks: 120, timeout: 1 },
        ...{ onInsufficientFunds: 'cancel', checkTimeout: 5_000 },
        ...flags,
      };
      return collect(examine(options, [check]));
    },
    /** A store with payments of these amounts. */
    holding: (...amounts: readonly bigint[]) =>
      withStore((store) =>
        store.importDisbursements(
          amounts.map((amount) => aPayment({ amount })),
          { now: Date.now() },
        ),
      ),
    /** A store that belongs to a chain and a key. */
    bound: (more: Partial<ChainBinding> = {}, path?: string) =>
      withStore(
        (store) =>
          store.bindChain({
            ...{ chainId: DEV_CHAIN_ID, genesisHash: `0x${'11'.repeat(32)}`, signer: DEV_ADDRESS },
            ...more,
          }),
        path,
      ),
  };
}

/** One line with this verdict, finding and remedy. */
export const line = (verdict: Verdict, finding: RegExp, remedy?: RegExp) => [
  expect.objectContaining({
    verdict,
    finding: expect.stringMatching(finding),
    remedy: remedy === undefined ? undefined : expect.stringMatching(remedy),
  }),
];

/** The name of a suite, with the reason where it is skipped. */
export const title = (name: string, isRun: boolean, reason: string): string =>
  isRun ? name : `${name} (skipped: ${reason})`;
