import type { Command } from 'commander';
import type { DisbursementRow, DisbursementStatus, SignedIntent } from '../../../machines/index.ts';
import type { Store } from '../../store/store.ts';
import { formatEntries } from '../entries.ts';
import { InputError } from '../input-error.ts';
import { withStore } from '../open-store.ts';
import { addStoreOptions, type StoreOptions } from '../options.ts';
import { standardOutput } from '../output.ts';
import { jsonLine, printable, quoted } from '../printable.ts';

/** What a row waits for; a missing row has no status yet. */
interface Dependency {
  readonly id: string;
  readonly status: DisbursementStatus | undefined;
}

/** `treasury show ID`: everything that the store knows of one disbursement, except its signed bytes. */
export function registerShow(program: Command): void {
  const command = program
    .command('show')
    .description('show one disbursement with its dependencies and its transactions')
    .argument('<id>', 'its id; write -- before an id that begins with a dash')
    .action(runShow);
  addStoreOptions(command);
}

async function runShow(id: string, { db, json }: StoreOptions): Promise<void> {
  const { row, dependencies } = await withStore(db, { create: false }, (store) => findRow(store, id, db));
  await standardOutput().writeLines(json ? [asJson(row, dependencies)] : asText(row, dependencies));
}

async function findRow(store: Store, id: string, db: string) {
  const row = await store.find(id);
  if (row === undefined) {
    throw new InputError(
      `no disbursement ${quoted(id, 128)} in ${printable(db)}: see "treasury list" for the ids`,
    );
  }
  const dependencies: Dependency[] = [];
  for (const each of row.dependsOn) {
    dependencies.push({ id: each, status: (await store.find(each))?.status });
  }
  return { row, dependencies };
}

// The signed bytes are left out of both forms: whoever has them can send them.

function asJson(row: DisbursementRow, dependsOn: readonly Dependency[]): string {
  const { id, destination, amount, memo, scheduledEpoch, status, nonce, attempts, reason, notBefore } = row;
  const transactions = row.intents.map(({ nonce, txHash, purpose = 'pay', fee }) => ({
    ...{ nonce, txHash, purpose },
    ...(fee && {
      maxFeePerGas: fee.maxFeePerGas.toString(),
      maxPriorityFeePerGas: fee.maxPriorityFeePerGas.toString(),
    }),
  }));
  const txHash = row.intents.at(-1)?.txHash;
  return jsonLine({
    ...{ id, destination, amount, status, nonce, txHash, attempts, reason },
    ...{ memo, scheduledEpoch, notBefore, isGap: row.isGap, dependsOn, transactions },
  });
}

function nonceText({ nonce, isGap }: DisbursementRow): string {
  if (nonce === undefined) return '-';
  return isGap ? `${nonce} (open: what takes it is not known for good)` : nonce.toString();
}

function transactionText({ txHash, nonce, purpose, fee }: SignedIntent): string {
  const offer = fee === undefined ? '' : `, up to ${fee.maxFeePerGas} wei per gas`;
  return `${txHash} (nonce ${nonce}${purpose === 'fill' ? ', a fill' : ''}${offer})`;
}

function asText(row: DisbursementRow, dependencies: readonly Dependency[]): string[] {
  return formatEntries([
    ['id', row.id],
    ['status', row.status],
    ['reason', row.reason ?? '-'],
    ['destination', row.destination],
    ['amount', `${row.amount} base units (wei)`],
    ['memo', row.memo === '' ? '-' : row.memo],
    ['scheduled epoch', row.scheduledEpoch.toString()],
    ['attempts', row.attempts.toString()],
    ['not before', row.notBefore === undefined ? '-' : new Date(row.notBefore).toISOString()],
    ['nonce', nonceText(row)],
    ['transactions', ...row.intents.map(transactionText)],
    ['depends on', ...dependencies.map(({ id, status }) => `${id} (${status ?? 'not imported'})`)],
  ]);
}
