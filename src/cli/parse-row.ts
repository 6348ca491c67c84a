import { z } from 'zod';
import type { Disbursement } from '../../machines/index.ts';
import { addressFault } from '../chain/address.ts';

const MAX_AMOUNT = 2n ** 256n - 1n;
const MAX_ID_CHARACTERS = 128;
const MAX_MEMO_BYTES = 8192;
const MAX_DEPENDENCIES = 100;
const ZERO_ADDRESS = `0x${'0'.repeat(40)}`;

/** Letters, marks, digits, punctuation, symbols, and the plain space inside: what two people see alike. */
const ID_CHARACTERS =
  /^[\p{L}\p{M}\p{N}\p{P}\p{S}]([\p{L}\p{M}\p{N}\p{P}\p{S} ]*[\p{L}\p{M}\p{N}\p{P}\p{S}])?$/u;

const isId = (text: string): boolean =>
  !text.includes(';') && [...text].length <= MAX_ID_CHARACTERS && ID_CHARACTERS.test(text);

// Seventy-eight digits hold 2^256-1; looking at the length first keeps BigInt away from megabytes of digits.
const isAmount = (text: string): boolean => /^[1-9][0-9]{0,77}$/.test(text) && BigInt(text) <= MAX_AMOUNT;

/** Neither NUL nor half a surrogate pair survives every store, so a later import would see another memo. */
const isStorable = (text: string): boolean => !/[\0\p{Cs}]/u.test(text);

const EXPECTED = {
  id: `expected an id of 1 to ${MAX_ID_CHARACTERS} printable characters without ";", no space at either end`,
  destination: 'expected an address: 0x and 40 hexadecimal digits',
  checksum:
    'expected an address with a right EIP-55 checksum: a character is probably wrong, copy it again from its source',
  zero: 'expected a payee: the zero address belongs to nobody, what is sent there is lost',
  amount:
    'expected an amount in base units (wei) from 1 to 2^256-1, as decimal digits without sign, point, or leading zero',
  memo: `expected a memo of at most ${MAX_MEMO_BYTES} bytes of UTF-8, without NUL`,
  scheduledEpoch: 'expected an epoch: a whole number from 0 to 9007199254740991',
  dependsOn: `expected at most ${MAX_DEPENDENCIES} ids`,
  unique: 'expected each id once in dependsOn',
  itself: 'expected ids of other rows: a row that depends on itself is never paid',
} as const;

const id = z.string(EXPECTED.id).refine(isId, EXPECTED.id);

const destination = z
  .string(EXPECTED.destination)
  .refine((text) => addressFault(text) !== 'shape', { error: EXPECTED.destination, abort: true })
  .refine((text) => addressFault(text) !== 'checksum', { error: EXPECTED.checksum, abort: true })
  .refine((text) => text !== ZERO_ADDRESS, EXPECTED.zero)
  .transform((text) => text.toLowerCase());

const dependsOn = z
  .array(id, EXPECTED.dependsOn)
  // Not `max`: that one looks at the length of whatever has one, and throws where it is no number.
  .refine((ids) => ids.length <= MAX_DEPENDENCIES, EXPECTED.dependsOn)
  .refine((ids) => new Set(ids).size === ids.length, EXPECTED.unique);

/** One input row in the shape of the JSON format: amount a string, `dependsOn` an array, the last three optional. */
const rowSchema = z
  .strictObject({
    id,
    destination,
    amount: z
      .string(EXPECTED.amount)
      .refine(isAmount, { error: EXPECTED.amount, abort: true })
      .transform((text) => BigInt(text)),
    memo: z
      .string(EXPECTED.memo)
      .refine((text) => isStorable(text) && Buffer.byteLength(text) <= MAX_MEMO_BYTES, EXPECTED.memo)
      .default(''),
    scheduledEpoch: z
      .number(EXPECTED.scheduledEpoch)
      .refine((epoch) => Number.isSafeInteger(epoch) && epoch >= 0, EXPECTED.scheduledEpoch)
      .default(0),
    dependsOn: dependsOn.default([]),
  })
  .refine((row) => !row.dependsOn.includes(row.id), { error: EXPECTED.itself, path: ['dependsOn'] });

/** Names of the fields, in the order of the CSV header. */
export const ROW_FIELDS = ['id', 'destination', 'amount', 'memo', 'scheduledEpoch', 'dependsOn'] as const;

/** What is wrong with one row: `path` leads to the value, an empty one means the row itself. */
export interface RowFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A row that keeps every rule of the input format, or all the rules that it breaks. */
export type CheckedRow =
  | { readonly row: Disbursement; readonly faults?: never }
  | { readonly row?: never; readonly faults: readonly RowFault[] };

/** Checks one row, given as in the JSON format. The destination comes out in lower case. */
export function checkRow(value: unknown): CheckedRow {
  const result = rowSchema.safeParse(value);
  if (result.success) return { row: result.data };
  const faults = result.error.issues.flatMap((issue): RowFault[] => {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      const message = `expected no other field than ${ROW_FIELDS.join(', ')}`;
      return issue.keys.map((key) => ({ path: [...path, key], message }));
    }
    if (path.length === 0) return [{ path, message: 'expected an object with the fields of a row' }];
    return [{ path, message: issue.message }];
  });
  return { faults };
}
