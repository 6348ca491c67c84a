import { parseDisbursements } from '../../src/cli/import-file.ts';
import { InputFileError } from '../../src/cli/input-error.ts';

export const PAYEE = '0xf7b83d1ea4D2C451aB1BEcb0E9F50242ddA15095';
export const HEADER = 'id,destination,amount,memo,scheduledEpoch,dependsOn';

/** A row that nothing is wrong with, as the JSON format has it. */
export const goodRow = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: 'INV-1',
  destination: PAYEE,
  amount: '1000',
  memo: 'rent',
  scheduledEpoch: 0,
  dependsOn: [],
  ...changes,
});

export const csv = (...lines: readonly string[]): string => `${[HEADER, ...lines].join('\n')}\n`;

/** What is wrong with a text, one line for each problem: `line N, column: message`. */
export function problemsOf(text: string, source = 'payouts.csv'): string[] {
  try {
    parseDisbursements(text, source);
  } catch (error) {
    if (!(error instanceof InputFileError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line ?? '-'}, ${column ?? '-'}: ${message}`);
  }
  return [];
}
