import type { Disbursement, DisbursementRow } from '../../machines/index.ts';
import type { Violation } from '../simulation/checker.ts';
import type { Evidence, MinedTransaction } from './evidence.ts';

type Harm = Violation['harm'];
const found = (harm: Harm, what: string): Violation => ({ harm, what });

/**
 * Compares chain, store and what was asked for, in each direction. It believes none of them: the chain is read block by
 * block, the rows by the store's public reading, and the trail is followed by what it says.
 */
export const check = (evidence: Evidence): readonly Violation[] => [
  ...payeeFaults(evidence),
  ...rowFaults(evidence),
  ...transactionFaults(evidence),
  ...accountFaults(evidence),
  ...trailFaults(evidence),
  ...storeFaults(evidence),
];

const isPaid = ({ status }: DisbursementRow): boolean => status === 'executed' || status === 'finalized';

const byId = (rows: readonly DisbursementRow[]): ReadonlyMap<string, DisbursementRow> =>
  new Map(rows.map((row) => [row.id, row]));

/** P1 and P3: each payee has exactly what its row says, by one transaction. */
function payeeFaults({ asked, rows, chain }: Evidence): readonly Violation[] {
  const rowOf = byId(rows);
  const paidTo = Map.groupBy(
    chain.transactions.filter(({ value, hasSucceeded }) => hasSucceeded && value > 0n),
    ({ to }) => to,
  );
  return asked.flatMap(({ id, destination, amount }) => {
    const row = rowOf.get(id);
    const due = row !== undefined && isPaid(row) ? amount : 0n;
    const has = chain.balances.get(destination) ?? 0n;
    const payments = paidTo.get(destination)?.length ?? 0;
    const faults: Violation[] = [];
    if (payments > 1) faults.push(found('double', `P1: ${id} is paid by ${payments} transactions`));
    if (has > due) {
      faults.push(
        found('double', `P3: ${id} is ${row?.status ?? 'not stored'}, and its payee has ${has}, not ${due}`),
      );
    }
    if (has < due)
      faults.push(found('lost', `P3: ${id} is ${row?.status}, and its payee has ${has}, not ${due}`));
    return faults;
  });
}

/** P2: what was asked for is there as it was asked for, and has come to an end. */
function rowFaults({ asked, rows, chain }: Evidence): readonly Violation[] {
  const rowOf = byId(rows);
  const wanted = new Set(asked.map(({ id }) => id));
  const strangers = rows.map(({ id }) => id).filter((id) => !wanted.has(id));
  const faults = asked.flatMap((order) => {
    const row = rowOf.get(order.id);
    if (row === undefined) return [found('lost', `P2: ${order.id} is not in the store`)];
    const { status, reason } = row;
    if (!isSamePayload(order, row))
      return [found('invariant', `P2: ${order.id} stands with another payload`)];
    const isPayable = order.amount < chain.payer.balanceBefore;
    if (status === (isPayable ? 'finalized' : 'cancelled')) return [];
    return [
      found('lost', `P2: ${order.id} is ${status} at the end${reason === undefined ? '' : ` (${reason})`}`),
    ];
  });
  return [
    ...faults,
    ...strangers.map((id) => found('invariant', `${id} is stored, and nobody asked for it`)),
  ];
}

const isSamePayload = (order: Disbursement, row: DisbursementRow): boolean =>
  order.destination === row.destination &&
  order.amount === row.amount &&
  order.memo === row.memo &&
  order.scheduledEpoch === row.scheduledEpoch &&
  order.dependsOn.toSorted().join() === row.dependsOn.join();

/** M1, M2, M6: what was mined of ours is what the store has signed, for that row or to fill its nonce. */
function transactionFaults({ rows, chain }: Evidence): readonly Violation[] {
  const { address } = chain.payer;
  const signed = new Map(
    rows.flatMap((row) => row.intents.map((intent) => [intent.txHash, { row, intent }] as const)),
  );
  const ownerOf = new Map<number, string>();
  return chain.transactions.flatMap(({ hash, from, to, nonce, value }) => {
    if (from !== address) return [found('invariant', `${hash} is of ${from}, and nobody else is there`)];
    const known = signed.get(hash);
    if (known === undefined) return [found('double', `M1: ${hash} with nonce ${nonce} is not in the store`)];
    const { row, intent } = known;
    const isFill = intent.purpose === 'fill' && to === address && value === 0n;
    const isPayment = to === row.destination && value === row.amount;
    const faults: Violation[] = [];
    if (!isFill && !isPayment)
      faults.push(found('invariant', `P3: ${hash} of ${row.id} pays ${value} to ${to}`));
    if (intent.nonce !== nonce)
      faults.push(found('invariant', `M2: ${hash} has nonce ${nonce}, not ${intent.nonce}`));
    const owner = ownerOf.get(nonce) ?? row.id;
    ownerOf.set(nonce, owner);
    if (owner !== row.id)
      faults.push(found('invariant', `M2: nonce ${nonce} is of ${owner} and of ${row.id}`));
    return faults;
  });
}

/** P7: no nonce is left out; and the account has paid what was mined, to the unit. */
function accountFaults({ rows, chain }: Evidence): readonly Violation[] {
  const { payer, transactions } = chain;
  const nonces = transactions.map(({ nonce }) => nonce);
  const gap = nonces.findIndex((nonce, place) => nonce !== place);
  const faults: Violation[] = [];
  if (gap !== -1)
    faults.push(found('invariant', `P7: the chain has nonce ${nonces[gap]} in the place of ${gap}`));
  if (payer.nextNonce !== nonces.length) {
    faults.push(
      found('invariant', `P7: ${nonces.length} transactions, and the account counts ${payer.nextNonce}`),
    );
  }
  const beyond = rows.flatMap(({ intents }) => intents).filter(({ nonce }) => nonce >= payer.nextNonce);
  for (const { disbursementId, nonce } of beyond)
    faults.push(found('lost', `P7: nonce ${nonce} of ${disbursementId} is signed and was never used`));
  const spent = transactions.reduce((sum, transaction) => sum + costOf(transaction), 0n);
  const gone = payer.balanceBefore - payer.balance;
  if (gone !== spent)
    faults.push(found('invariant', `the account has spent ${gone}, and its transactions ${spent}`));
  const owed = rows.filter(isPaid).reduce((sum, { amount }) => sum + amount, 0n);
  const paid = transactions.reduce((sum, { value, hasSucceeded }) => sum + (hasSucceeded ? value : 0n), 0n);
  if (paid !== owed) {
    faults.push(
      found(paid > owed ? 'double' : 'lost', `the chain has paid ${paid}, and the rows say ${owed}`),
    );
  }
  return faults;
}

const costOf = ({ value, hasSucceeded, fee }: MinedTransaction): bigint => (hasSucceeded ? value : 0n) + fee;

/** P8: the trail, followed from its beginning, makes the table; and no fence wrote after a newer one. */
function trailFaults({ trail, rows, audit }: Evidence): readonly Violation[] {
  const faults: Violation[] = [];
  const told = new Map<string, { status: string; nonce: number | undefined; hashes: string[] }>();
  let newest = 0;
  for (const { seq, id, from, to, nonce, txHash, fence = newest } of trail) {
    const before = told.get(id);
    if (before?.status !== from) {
      faults.push(
        found('invariant', `audit: entry ${seq} takes ${id} from ${from}, and it was ${before?.status}`),
      );
    }
    const hashes = [...(before?.hashes ?? []), ...(txHash === undefined ? [] : [txHash])];
    told.set(id, { status: to, nonce, hashes });
    if (fence < newest)
      faults.push(found('invariant', `P8: fence ${fence} wrote entry ${seq} after ${newest}`));
    newest = Math.max(newest, fence);
  }
  const stands = new Map(
    rows.map(({ id, status, nonce, intents }) => [
      id,
      { status, nonce, hashes: intents.map(({ txHash }) => txHash) },
    ]),
  );
  for (const id of new Set([...told.keys(), ...stands.keys()])) {
    const [rebuilt, standing] = [told, stands].map((all) => JSON.stringify(all.get(id)));
    if (rebuilt !== standing)
      faults.push(found('invariant', `audit: ${id} is ${standing}, and by the trail ${rebuilt}`));
  }
  if (audit.code !== 0)
    faults.push(found('invariant', `treasury audit ended with ${audit.code}: ${audit.said}`));
  return faults;
}

function storeFaults({ leaseOwner, damage }: Evidence): readonly Violation[] {
  return [
    ...damage.map((what) => found('invariant', `integrity_check: ${what}`)),
    ...(leaseOwner === null ? [] : [found('invariant', `${leaseOwner} has ended, and holds the lease`)]),
  ];
}
