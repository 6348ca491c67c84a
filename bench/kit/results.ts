import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Where the numbers of a bench go. The folder is not under version control: the tables in `docs/` are. */
export const resultFile = (bench: string): string =>
  relative(process.cwd(), join(import.meta.dirname, `../results/${bench}.json`));

export function saveResult(file: string, result: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}
