import type { Command } from 'commander';
import { withStore } from '../open-store.ts';
import { addStoreOptions, type StoreOptions } from '../options.ts';
import { standardOutput } from '../output.ts';
import { jsonLine, printable } from '../printable.ts';

/** `treasury import FILE`: adds the rows of a file to the store, all of them or none. */
export function registerImport(program: Command): void {
  const command = program
    .command('import')
    .description('add the disbursements of a CSV or JSON file to the store: all of them or none')
    .argument('<file>', 'FILE.csv, FILE.json, or - for standard input')
    .action(runImport);
  addStoreOptions(command);
}

async function runImport(path: string, { db, json }: StoreOptions): Promise<void> {
  const { importDisbursementFile, readDisbursements } = await import('../import-file.ts');
  // The file first: a bad one leaves no empty store behind.
  const file = await readDisbursements(path);
  const result = await withStore(db, { create: true }, (store) =>
    importDisbursementFile(store, file, { now: Date.now() }),
  );
  const { imported, repeated } = result;
  await standardOutput().writeLines([
    json
      ? jsonLine({ file: file.source, db, imported, repeated })
      : printable(`${file.source}: ${imported} imported, ${repeated} already there`),
  ]);
}
