import { jsonLine, printable } from '../printable.ts';
import type { Verdict } from './check.ts';
import type { Line } from './examine.ts';

/** How many findings there are of each kind. */
export type Count = Record<Verdict, number>;

const VERDICT_WIDTH = 'warning '.length;
const CHECK_WIDTH = 'store durability  '.length;

/** A finding for people, with what to do about it below. */
export const lineText = ({ check, verdict, finding, remedy }: Line): readonly string[] => [
  `${verdict.padEnd(VERDICT_WIDTH)}${check.padEnd(CHECK_WIDTH)}${printable(finding)}`,
  ...(remedy === undefined ? [] : [`${' '.repeat(VERDICT_WIDTH)}-> ${printable(remedy)}`]),
];

export const lineObject = ({ check, verdict, finding, remedy }: Line): string =>
  jsonLine({ check, verdict, finding, remedy });

export const summaryText = ({ ok, warning, failed }: Count): string =>
  `${failed} failed, ${warning} ${warning === 1 ? 'warning' : 'warnings'}, ${ok} ok`;

export const summaryObject = ({ ok, warning, failed }: Count): string =>
  jsonLine({ ok, warnings: warning, failed });
