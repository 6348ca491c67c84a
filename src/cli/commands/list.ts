import type { Command } from 'commander';
import type { DisbursementRow, DisbursementStatus } from '../../../machines/index.ts';
import type { ListQuery, Store } from '../../store/store.ts';
import { withStore } from '../open-store.ts';
import { addStoreOptions, parsePositiveInteger, type StoreOptions, statusOption } from '../options.ts';
import { standardOutput } from '../output.ts';
import { jsonLine } from '../printable.ts';
import { Table, type TableColumn } from '../table.ts';

interface ListOptions extends StoreOptions {
  readonly status?: DisbursementStatus;
  readonly limit?: number;
}

/** Large enough that a page costs little beside its rows, small enough that the first one comes at once. */
const PAGE_SIZE = 500;

/** They fit into 80 columns with amounts of 20 digits, that is below 100 ether. */
const COLUMNS: readonly TableColumn<DisbursementRow>[] = [
  { title: 'ID', text: (row) => row.id, shrinkTo: 12, cut: 'middle' },
  { title: 'STATUS', text: (row) => row.status },
  { title: 'AMOUNT', text: (row) => row.amount.toString(), align: 'right', widest: 24 },
  { title: 'PAYEE', text: (row) => row.destination, shrinkTo: 10, cut: 'middle' },
  { title: 'NONCE', text: (row) => row.nonce?.toString() ?? '-', align: 'right' },
  { title: 'TRIES', text: (row) => row.attempts.toString(), align: 'right' },
  { title: 'REASON', text: (row) => row.reason ?? '-', shrinkTo: 6 },
];

/** `treasury list`: the rows of the store, by id. */
export function registerList(program: Command): void {
  const command = program
    .command('list')
    .description('list disbursements by id; amounts are in base units (wei)')
    .addOption(statusOption('only those in this status'))
    .option('--limit <count>', 'at most so many', parsePositiveInteger)
    .action(runList);
  addStoreOptions(command);
}

async function runList(options: ListOptions): Promise<void> {
  const output = standardOutput();
  const table = new Table(COLUMNS, output.width);
  await withStore(options.db, { create: false }, async (store) => {
    let isEmpty = true;
    for await (const rows of pages(store, options)) {
      isEmpty = false;
      const lines = options.json ? rows.map(listedRow) : table.format(rows);
      if (!(await output.writeLines(lines))) return;
    }
    if (isEmpty && !options.json) await output.writeLines([emptyNotice(options.status)]);
  });
}

/** A row as scripts get it: every field is there in every row, null where there is nothing yet. */
function listedRow(row: DisbursementRow): string {
  const { id, destination, amount, status, nonce, attempts, reason } = row;
  const txHash = row.intents.at(-1)?.txHash;
  return jsonLine({ id, destination, amount, status, nonce, txHash, attempts, reason });
}

const emptyNotice = (status: DisbursementStatus | undefined): string =>
  status === undefined ? 'no disbursements' : `no disbursements in status ${status}`;

/** Rows page by page, so that a store of any size is listed in constant memory. */
async function* pages(
  store: Store,
  { status, limit = Number.POSITIVE_INFINITY }: ListOptions,
): AsyncGenerator<readonly DisbursementRow[]> {
  let query: ListQuery = status === undefined ? {} : { status };
  let left = limit;
  while (left > 0) {
    const rows = await store.list({ ...query, limit: Math.min(PAGE_SIZE, left) });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    left -= rows.length;
    query = { ...query, after: last.id };
  }
}
