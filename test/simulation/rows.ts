import type { Disbursement } from '../../machines/index.ts';
import type { Random } from './random.ts';
import { TURNCOAT } from './transactions.ts';

/** More than any account here ever has. */
const UNPAYABLE = 10n ** 24n;
const ORDINARY = 10n ** 15n;
const REFUSING = `0x${'de'.repeat(17)}`;
const FAR_EPOCH = 100_000;

/** The rows of one run, and payees that refuse them. */
export interface Rows {
  /** In the order of their import, those of one import together. */
  readonly imports: readonly (readonly Disbursement[])[];
  readonly refusing: ReadonlySet<string>;
}

const suffix = (ordinal: number): string => ordinal.toString(16).padStart(6, '0');

/** A row that nothing is wrong with. Payee and amount are its own, so that the chain tells what was paid. */
export function plainRow(id: string, ordinal: number): Disbursement {
  return {
    id,
    destination: `0x${'ab'.repeat(17)}${suffix(ordinal)}`,
    amount: ORDINARY + BigInt(ordinal),
    memo: '',
    scheduledEpoch: 0,
    dependsOn: [],
  };
}

/** Up to ten rows, some of which have something about them. */
export function drawRows(random: Random): Rows {
  const count = random.int(3, 9);
  const refusing = new Set<string>();
  const rows: Disbursement[] = [];
  for (let ordinal = 1; ordinal <= count; ordinal += 1) {
    const row = plainRow(`d${String(ordinal).padStart(2, '0')}`, ordinal);
    const kind = random.next();
    const earlier = rows.length > 0 ? random.pick(rows).id : 'ghost';
    if (kind < 0.06) {
      const destination = `${REFUSING}${suffix(ordinal)}`;
      refusing.add(destination);
      rows.push({ ...row, destination });
    } else if (kind < 0.14)
      rows.push({ ...row, destination: `${TURNCOAT}${suffix(ordinal).padStart(8, '0')}` });
    else if (kind < 0.19) rows.push({ ...row, amount: UNPAYABLE + BigInt(ordinal) });
    else if (kind < 0.3) rows.push({ ...row, dependsOn: [earlier] });
    else if (kind < 0.33) rows.push({ ...row, dependsOn: ['ghost'] });
    // On itself: the shortest circle.
    else if (kind < 0.35) rows.push({ ...row, dependsOn: [row.id] });
    else if (kind < 0.4) rows.push({ ...row, scheduledEpoch: random.int(1, 4) });
    else if (kind < 0.43) rows.push({ ...row, scheduledEpoch: FAR_EPOCH });
    else rows.push(row);
  }
  const first = random.int(1, count);
  const later = rows.slice(first);
  const second = random.int(0, later.length);
  return {
    imports: [rows.slice(0, first), later.slice(0, second), later.slice(second)].filter(
      ({ length }) => length > 0,
    ),
    refusing,
  };
}
