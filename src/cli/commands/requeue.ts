import type { Command } from 'commander';
import type { DisbursementRow } from '../../../machines/index.ts';
import { MAY_BE_MINED, type Requeued, type Store } from '../../store/store.ts';
import { withStore } from '../open-store.ts';
import { operator } from '../operator.ts';
import { addStoreOptions, type StoreOptions } from '../options.ts';
import { standardOutput } from '../output.ts';
import { jsonLine } from '../printable.ts';
import { Table, type TableColumn } from '../table.ts';

interface RequeueOptions extends StoreOptions {
  readonly reason?: string;
  readonly dryRun?: boolean;
}

/** Rows that are put back in one transaction, when a reason names them. */
const PAGE_SIZE = 500;

const GIVEN_UP = ['cancelled', 'deadLetter'] as const;

const COLUMNS: readonly TableColumn<Requeued>[] = [
  { title: 'ID', text: ({ id }) => id, shrinkTo: 12, cut: 'middle' },
  { title: 'WAS', text: ({ from }) => from },
  { title: 'REASON', text: ({ reason }) => reason ?? '-', shrinkTo: 12 },
];

/** `treasury requeue`: puts payments back that were cancelled or given up. */
export function registerRequeue(program: Command): void {
  const command = program
    .command('requeue')
    .description('put payments back into the queue that were cancelled or given up')
    .argument('[ids...]', 'their ids, all of them or none; write -- before an id that begins with a dash')
    .option('--reason <text>', 'instead of ids: all whose reason holds this text')
    .option('--dry-run', 'with --reason: tell which they are, and change nothing')
    .action(runRequeue);
  addStoreOptions(command);
}

async function runRequeue(ids: readonly string[], options: RequeueOptions, command: Command): Promise<void> {
  const { db, json, reason, dryRun = false } = options;
  if (ids.length > 0 === (reason !== undefined)) command.error('name ids, or a --reason');
  if (reason?.trim() === '') command.error('--reason is empty: every payment would be meant');
  if (dryRun && reason === undefined) command.error('--dry-run goes with --reason');
  const output = standardOutput();
  const table = new Table(COLUMNS, output.width);
  const count = { putBack: 0, left: 0 };
  await withStore(db, { create: false }, async (store) => {
    const pages = reason === undefined ? [requeue(store, ids)] : requeueByReason(store, reason, dryRun);
    for await (const { putBack, left } of pages) {
      count.putBack += putBack.length;
      count.left += left.length;
      if (json) {
        const told = [
          ...putBack.map((row) => jsonLine({ ...row, requeued: !dryRun })),
          ...left.map((row) => jsonLine({ ...row, requeued: false, why: MAY_BE_MINED })),
        ];
        if (told.length > 0) await output.writeLines(told);
      } else if (putBack.length > 0) await output.writeLines(table.format(putBack));
    }
  });
  if (!json) await output.writeLines(summary(count, dryRun));
}

/** What became of some payments that were meant. */
interface Page {
  readonly putBack: readonly Requeued[];
  /** Cancelled, and what took their nonce is not known for good (rule M5). */
  readonly left: readonly Requeued[];
}

const requeue = async (store: Store, ids: readonly string[]): Promise<Page> => ({
  putBack: await store.requeue(ids, { now: Date.now(), by: operator() }),
  left: [],
});

/**
 * Those that are put back leave the list, so the next page begins behind the last one that was looked at. Whoever names a
 * reason means what can be put back now: the others are left, and told.
 */
async function* requeueByReason(store: Store, reason: string, dryRun: boolean): AsyncGenerator<Page> {
  for (const status of GIVEN_UP) {
    let after: string | undefined;
    for (;;) {
      const page = await store.list({ status, limit: PAGE_SIZE, ...(after !== undefined && { after }) });
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.id;
      const meant = page.filter((row) => row.reason?.includes(reason));
      const left = meant.filter(({ isGap }) => isGap).map(asRequeued);
      const free = meant.filter(({ isGap }) => !isGap);
      if (dryRun) yield { putBack: free.map(asRequeued), left };
      else {
        const ids = free.map(({ id }) => id);
        yield { putBack: ids.length > 0 ? (await requeue(store, ids)).putBack : [], left };
      }
    }
  }
}

const asRequeued = ({ id, status, reason }: DisbursementRow): Requeued => ({ id, from: status, reason });

function summary(
  { putBack, left }: { readonly putBack: number; readonly left: number },
  dryRun: boolean,
): readonly string[] {
  const payments = (count: number) => `${count} ${count === 1 ? 'payment' : 'payments'}`;
  const done = `${payments(putBack)} ${dryRun ? 'would be put back' : 'put back into the queue'}`;
  return left === 0 ? [done] : [done, `${payments(left)} left in place: ${MAY_BE_MINED}`];
}
