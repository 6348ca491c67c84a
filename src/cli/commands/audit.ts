import type { Command } from 'commander';
import type { AuditCheck, AuditRecord, Store } from '../../store/store.ts';
import { InputError } from '../input-error.ts';
import { withStore } from '../open-store.ts';
import { addStoreOptions, type StoreOptions } from '../options.ts';
import { type Output, standardOutput } from '../output.ts';
import { jsonLine, printable, quoted } from '../printable.ts';
import { Table, type TableColumn } from '../table.ts';

interface AuditOptions extends StoreOptions {
  readonly id?: string;
  readonly check?: boolean;
}

/** The audit found what does not agree. */
class AuditFaultError extends Error {
  override readonly name = 'AuditFaultError';
}

/** Large enough that a page costs little beside its entries, small enough that the first one comes at once. */
const PAGE_SIZE = 500;

const COLUMNS: readonly TableColumn<AuditRecord>[] = [
  { title: 'SEQ', text: ({ seq }) => seq.toString(), align: 'right' },
  { title: 'AT', text: ({ at }) => new Date(at).toISOString() },
  { title: 'ID', text: ({ id }) => id, shrinkTo: 12, cut: 'middle' },
  { title: 'CHANGE', text: changeText },
  { title: 'NONCE', text: ({ nonce }) => nonce?.toString() ?? '-', align: 'right' },
  { title: 'TRANSACTION', text: ({ txHash }) => txHash ?? '-', shrinkTo: 9, cut: 'middle' },
  { title: 'TRIES', text: ({ attempts }) => attempts.toString(), align: 'right' },
  { title: 'FENCE', text: ({ fence }) => fence?.toString() ?? '-', align: 'right' },
  { title: 'BY', text: ({ owner }) => owner ?? '-', shrinkTo: 8, cut: 'middle' },
  { title: 'REASON', text: ({ reason }) => reason ?? '-', shrinkTo: 6 },
];

/** `treasury audit`: every change of every disbursement, and whether they explain how all stands. */
export function registerAudit(program: Command): void {
  const command = program
    .command('audit')
    .description('print every change of the disbursements, then check that they explain how all stands')
    .option('--id <id>', 'print the changes of this one only')
    .option('--check', 'print nothing but what the check found')
    .action(runAudit);
  addStoreOptions(command);
}

async function runAudit(options: AuditOptions): Promise<void> {
  const output = standardOutput();
  const check = await withStore(options.db, { create: false }, async (store) => {
    if (!options.check && !(await printTrail(store, options, output))) return undefined;
    return store.checkAudit();
  });
  if (check === undefined) return;
  await output.writeLines(options.json ? checkObjects(check) : checkLines(check));
  const { faultCount } = check;
  if (faultCount > 0)
    throw new AuditFaultError(`the audit found ${faultCount} ${plural(faultCount, 'fault')}`);
}

/** `false`: nobody reads any more. */
async function printTrail(store: Store, { id, db, json }: AuditOptions, output: Output): Promise<boolean> {
  const table = new Table(COLUMNS, output.width);
  let after = 0;
  for (;;) {
    const page = await store.auditTrail({ after, limit: PAGE_SIZE, ...(id !== undefined && { id }) });
    const last = page.at(-1);
    if (last === undefined) {
      if (id !== undefined && after === 0) {
        throw new InputError(
          `no disbursement ${quoted(id, 128)} in ${printable(db)}: see "treasury list" for the ids`,
        );
      }
      return true;
    }
    if (!(await output.writeLines(json ? page.map(asJson) : table.format(page)))) return false;
    after = last.seq;
  }
}

const asJson = ({
  seq,
  at,
  id,
  from,
  to,
  nonce,
  txHash,
  attempts,
  reason,
  notBefore,
  owner,
  fence,
}: AuditRecord) =>
  jsonLine({ seq, at, id, from, to, nonce, txHash, attempts, reason, notBefore, owner, fence });

function changeText({ from, to }: AuditRecord): string {
  if (from === undefined) return 'imported';
  return from === to ? `${to}, again` : `${from} -> ${to}`;
}

function checkLines({ rows, changes, faults, faultCount }: AuditCheck): readonly string[] {
  const seen = `${rows} ${plural(rows, 'disbursement')}, ${changes} ${plural(changes, 'change')}`;
  if (faultCount === 0) return [`${seen}: trail, rows, transactions and sums agree`];
  return [
    ...faults.map(({ id, fault }) => printable(id === undefined ? fault : `${quoted(id, 128)}: ${fault}`)),
    ...(faultCount > faults.length ? [`and ${faultCount - faults.length} more`] : []),
    `${seen}: ${faultCount} ${plural(faultCount, 'fault')}`,
  ];
}

const checkObjects = ({ rows, changes, faults, faultCount }: AuditCheck): readonly string[] => [
  ...faults.map(({ id, fault }) => jsonLine({ id, fault })),
  jsonLine({ rows, changes, faults: faultCount }),
];

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);
