import type { DisbursementRow } from '../../../machines/index.ts';
import type { AuditCheck } from '../../store/store.ts';
import { expectSame, type Problems } from './judge-breaker.ts';
import { mostAtOnce, type Send } from './send-log.ts';

/** The probes of one HALF_OPEN state that led to CLOSED, as the RPC has seen them. */
export function judgeProbes(
  probes: readonly Send[],
  policy: { readonly halfOpenMaxProbes: number; readonly successThreshold: number },
): Problems {
  const { halfOpenMaxProbes, successThreshold } = policy;
  const most = successThreshold + halfOpenMaxProbes - 1;
  const atOnce = mostAtOnce(probes);
  return [
    ...(probes.length < successThreshold
      ? [
          `${probes.length} submissions while HALF_OPEN, expected at least ${successThreshold}: a success each`,
        ]
      : []),
    ...(probes.length > most
      ? [`${probes.length} submissions while HALF_OPEN, expected at most ${most}`]
      : []),
    ...(atOnce > halfOpenMaxProbes
      ? [`${atOnce} submissions were out at once while HALF_OPEN, expected at most ${halfOpenMaxProbes}`]
      : []),
  ];
}

/** What the store and the chain say of the payments, in the end. */
export interface Payments {
  readonly rows: readonly DisbursementRow[];
  /** What each payee has, in base units; payees had nothing before. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** Transactions of the paying account on the chain. */
  readonly transactions: number;
  readonly audit: AuditCheck;
}

const isPaid = ({ status }: DisbursementRow): boolean => status === 'executed' || status === 'finalized';

/** Every row is paid, every payee has what the rows say to the last base unit, with one transaction for each row. */
export const judgePaid = ({ rows, balances, transactions, audit }: Payments): Problems => [
  ...rows.filter((row) => !isPaid(row)).map(({ id, status }) => `${id} is ${status}, expected it to be paid`),
  ...judgeBalances(rows, balances),
  ...expectSame('the number of transactions of the paying account', transactions, rows.length),
  ...judgeAudit(audit, rows.length),
];

function judgeBalances(rows: readonly DisbursementRow[], balances: ReadonlyMap<string, bigint>): Problems {
  const owed = new Map<string, bigint>();
  for (const { destination, amount } of rows) owed.set(destination, (owed.get(destination) ?? 0n) + amount);
  return [...owed].flatMap(([payee, amount]) => {
    const has = balances.get(payee) ?? 0n;
    if (has === amount) return [];
    const [what, by] = has > amount ? ['more', has - amount] : ['less', amount - has];
    return [`${payee} has ${has}, ${by} ${what} than its rows amount to`];
  });
}

/** The trail explains every row. */
export const judgeAudit = ({ rows, faults, faultCount }: AuditCheck, expectedRows = rows): Problems => [
  ...expectSame('the number of rows in the audit', rows, expectedRows),
  ...faults.slice(0, 3).map(({ id, fault }) => (id === undefined ? fault : `${id}: ${fault}`)),
  ...(faultCount > 3 ? [`and ${faultCount - 3} more faults in the audit: see "treasury audit --check"`] : []),
];
