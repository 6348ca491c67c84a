import { type Command, InvalidArgumentError, Option } from 'commander';
import { DISBURSEMENT_STATUSES } from '../../machines/index.ts';
import { isReason, REASON_EXPECTED } from '../breaker-control.ts';
import { DURATION_EXPECTED, readDuration } from './duration.ts';

/** Where the embedded store lies unless `--db` says otherwise. */
const DEFAULT_DB = '.treasury/treasury.db';

/** A time with its unit, `250ms`, `1s`, `10m`, `2h`, in milliseconds: at least 1, at most 2^31-1 (about 24 days). */
export function parseDuration(text: string): number {
  const ms = readDuration(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError(`Expected ${DURATION_EXPECTED}.`);
}

/** A whole number of at least 1. */
export function parsePositiveInteger(text: string): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

const GWEI_DIGITS = 9;

/** An amount in gwei with at most nine decimal places, more than 0, in base units (wei). */
export function parseGwei(text: string): bigint {
  const [, whole = '', decimals = ''] = /^([0-9]{1,30})(?:\.([0-9]{1,9}))?$/.exec(text) ?? [];
  const wei = whole === '' ? 0n : BigInt(whole + decimals.padEnd(GWEI_DIGITS, '0'));
  if (wei > 0n) return wei;
  throw new InvalidArgumentError(
    'Expected an amount in gwei, more than 0, with at most nine decimal places.',
  );
}

/** A TCP port; 0 lets the system choose a free one. */
export function parsePort(text: string): number {
  const value = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 65_535) return value;
  throw new InvalidArgumentError('Expected a port, 0 to 65535.');
}

/** A decimal number within bounds, as a parser for one option. */
export function parseNumberWithin(
  expected: string,
  holds: (value: number) => boolean,
): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isFinite(value) && holds(value)) return value;
    throw new InvalidArgumentError(`Expected ${expected}.`);
  };
}

/** Why an order is given; blank for none. */
export function parseReason(text: string): string {
  const reason = text.trim();
  if (isReason(reason)) return reason;
  throw new InvalidArgumentError(`Expected ${REASON_EXPECTED}.`);
}

/** The path of a store. */
export function parseDb(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('Expected the path of a file.');
}

/** What every command that opens the store takes. */
export interface StoreOptions {
  readonly db: string;
  readonly json?: boolean;
}

/** Adds `--db` and `--json`. */
export function addStoreOptions(command: Command): Command {
  return command
    .option('--db <path>', 'the embedded store, one file', parseDb, DEFAULT_DB)
    .option('--json', 'print one JSON object a line instead of a table');
}

/** `--status`, one of the statuses of a disbursement. */
export const statusOption = (description: string): Option =>
  new Option('--status <status>', description).choices(DISBURSEMENT_STATUSES);
