import { describe, expect, test } from 'vitest';
import type { DisbursementRow, SignedIntent } from '../../machines/index.ts';
import type { AuditRecord } from '../../src/store/store.ts';
import { check } from './checker.ts';
import type { Evidence, MinedTransaction } from './evidence.ts';

const PAYER = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const FEE = 21_000n;
const BEFORE = 1_000_000n;

const payeeOf = (id: string): string => `0xd1e-${id}`;

const intent = (
  id: string,
  nonce: number,
  txHash: string,
  more: Partial<SignedIntent> = {},
): SignedIntent => ({
  ...{ disbursementId: id, nonce, txHash, rawTx: '0x02' },
  ...more,
});

function row(id: string, amount: bigint, more: Partial<DisbursementRow>): DisbursementRow {
  return {
    ...{ id, destination: payeeOf(id), amount, memo: '', scheduledEpoch: 0, dependsOn: [] },
    ...{ status: 'finalized', nonce: undefined, intents: [], attempts: 0, reason: undefined },
    ...{ notBefore: undefined, isGap: false },
    ...more,
  };
}

const mined = (hash: string, nonce: number, to: string, value: bigint): MinedTransaction => ({
  ...{ hash, from: PAYER, to, nonce, value, hasSucceeded: true, fee: FEE },
});

const entry = (
  seq: number,
  id: string,
  from: AuditRecord['from'],
  to: AuditRecord['to'],
  more = {},
): AuditRecord => ({
  ...{ seq, at: 0, owner: 'one', fence: from === undefined ? undefined : 1, id, from, to, nonce: undefined },
  ...{ txHash: undefined, attempts: 0, reason: undefined, notBefore: undefined, ...more },
});

/** A is paid; B is paid by what outbid its first transaction; C is beyond what there is. */
function sound(): Evidence {
  const rows = [
    row('A', 10n, { nonce: 0, intents: [intent('A', 0, '0xa')] }),
    row('B', 20n, { nonce: 1, intents: [intent('B', 1, '0xb1'), intent('B', 1, '0xb2')] }),
    row('C', 10n * BEFORE, { status: 'cancelled', reason: 'insufficient balance' }),
  ];
  const trail = [
    ...[
      entry(1, 'A', undefined, 'queued'),
      entry(2, 'B', undefined, 'queued'),
      entry(3, 'C', undefined, 'queued'),
    ],
    entry(4, 'A', 'queued', 'staged', { nonce: 0, txHash: '0xa' }),
    entry(5, 'B', 'queued', 'staged', { nonce: 1, txHash: '0xb1', fence: 2 }),
    entry(6, 'B', 'staged', 'staged', { nonce: 1, txHash: '0xb2', fence: 2 }),
    entry(7, 'A', 'staged', 'finalized', { nonce: 0, fence: 2 }),
    entry(8, 'B', 'staged', 'finalized', { nonce: 1, fence: 2 }),
    entry(9, 'C', 'queued', 'cancelled', { fence: 3 }),
  ];
  return {
    asked: rows.map(({ id, destination, amount, memo, scheduledEpoch, dependsOn }) => ({
      ...{ id, destination, amount, memo, scheduledEpoch, dependsOn },
    })),
    chain: {
      transactions: [mined('0xa', 0, payeeOf('A'), 10n), mined('0xb2', 1, payeeOf('B'), 20n)],
      balances: new Map([
        [payeeOf('A'), 10n],
        [payeeOf('B'), 20n],
        [payeeOf('C'), 0n],
      ]),
      payer: { address: PAYER, balanceBefore: BEFORE, balance: BEFORE - 30n - 2n * FEE, nextNonce: 2 },
    },
    ...{ rows, trail, audit: { code: 0, said: '' }, leaseOwner: null, damage: [] },
  };
}

/** Sound but for its chain, which is as if these were mined, too. */
function withMined(...more: readonly MinedTransaction[]): Evidence {
  const evidence = sound();
  const { chain } = evidence;
  const balances = new Map(chain.balances);
  for (const { to, value } of more) balances.set(to, (balances.get(to) ?? 0n) + value);
  const spent = more.reduce((sum, { value, fee }) => sum + value + fee, 0n);
  const { payer } = chain;
  return {
    ...evidence,
    chain: {
      transactions: [...chain.transactions, ...more],
      balances,
      payer: { ...payer, balance: payer.balance - spent, nextNonce: payer.nextNonce + more.length },
    },
  };
}

/** Sound but for one row. */
function withRow(id: string, more: Partial<DisbursementRow>): Evidence {
  const evidence = sound();
  return { ...evidence, rows: evidence.rows.map((each) => (each.id === id ? { ...each, ...more } : each)) };
}

function withTrail(change: (trail: readonly AuditRecord[]) => readonly AuditRecord[]): Evidence {
  const evidence = sound();
  return { ...evidence, trail: change(evidence.trail) };
}

const told = (evidence: Evidence): string =>
  check(evidence)
    .map(({ harm, what }) => `${harm}: ${what}`)
    .join('\n');

test('finds nothing where nothing is wrong', () => {
  expect(check(sound())).toEqual([]);
});

test('takes a nonce that was filled for what it is', () => {
  const evidence = withMined(mined('0xf', 2, PAYER, 0n));
  const filled = row('D', 5n * BEFORE, {
    status: 'cancelled',
    nonce: 2,
    intents: [intent('D', 2, '0xf', { purpose: 'fill' })],
  });
  const { id, destination, amount, memo, scheduledEpoch, dependsOn } = filled;
  const trail = [
    entry(10, 'D', undefined, 'queued'),
    entry(11, 'D', 'queued', 'cancelled', { nonce: 2, txHash: '0xf', fence: 3 }),
  ];
  expect(
    check({
      ...evidence,
      asked: [...evidence.asked, { id, destination, amount, memo, scheduledEpoch, dependsOn }],
      rows: [...evidence.rows, filled],
      trail: [...evidence.trail, ...trail],
    }),
  ).toEqual([]);
});

describe('money', () => {
  test('paid twice, by a transaction that the store does not know', () => {
    const faults = told(withMined(mined('0xa9', 2, payeeOf('A'), 10n)));
    expect(faults).toContain('double: P1: A is paid by 2 transactions');
    expect(faults).toContain('double: P3: A is finalized, and its payee has 20, not 10');
    expect(faults).toContain('double: M1: 0xa9 with nonce 2 is not in the store');
    expect(faults).toContain('double: the chain has paid 40, and the rows say 30');
  });

  test('paid twice, by two transactions of its row', () => {
    const evidence = withMined(mined('0xb1', 2, payeeOf('B'), 20n));
    expect(told(evidence)).toContain('double: P1: B is paid by 2 transactions');
    expect(told(evidence)).toContain('invariant: M2: 0xb1 has nonce 2, not 1');
  });

  test('a row that says paid, and a payee who has nothing', () => {
    const evidence = sound();
    const balances = new Map(evidence.chain.balances).set(payeeOf('A'), 0n);
    const faults = told({ ...evidence, chain: { ...evidence.chain, balances } });
    expect(faults).toBe('lost: P3: A is finalized, and its payee has 0, not 10');
  });

  test('a payee who has something, and a row that says cancelled', () => {
    const faults = told(withMined(mined('0xc', 2, payeeOf('C'), 7n)));
    expect(faults).toContain('double: P3: C is cancelled, and its payee has 7, not 0');
  });

  test('a payment that reverted is none', () => {
    const evidence = sound();
    const transactions = evidence.chain.transactions.map((each) =>
      each.hash === '0xa' ? { ...each, hasSucceeded: false } : each,
    );
    expect(told({ ...evidence, chain: { ...evidence.chain, transactions } })).toContain(
      'lost: the chain has paid 20, and the rows say 30',
    );
  });

  test('another amount than was asked for', () => {
    const evidence = sound();
    const transactions = evidence.chain.transactions.map((each) =>
      each.hash === '0xa' ? { ...each, value: 11n } : each,
    );
    expect(told({ ...evidence, chain: { ...evidence.chain, transactions } })).toContain(
      `invariant: P3: 0xa of A pays 11 to ${payeeOf('A')}`,
    );
  });

  test('an account that has spent what no transaction explains', () => {
    const evidence = sound();
    const payer = { ...evidence.chain.payer, balance: 0n };
    expect(told({ ...evidence, chain: { ...evidence.chain, payer } })).toContain(
      'the account has spent 1000000',
    );
  });

  test('somebody else on the chain', () => {
    const stranger = { ...mined('0x9', 0, payeeOf('A'), 0n), from: '0xother' };
    const evidence = sound();
    const transactions = [...evidence.chain.transactions, stranger];
    expect(told({ ...evidence, chain: { ...evidence.chain, transactions } })).toContain('0x9 is of 0xother');
  });
});

describe('nonces', () => {
  test('a gap, and what waits behind it', () => {
    const evidence = sound();
    const transactions = evidence.chain.transactions.filter(({ nonce }) => nonce === 1);
    const payer = { ...evidence.chain.payer, nextNonce: 0 };
    const faults = told({ ...evidence, chain: { ...evidence.chain, transactions, payer } });
    expect(faults).toContain('P7: the chain has nonce 1 in the place of 0');
    expect(faults).toContain('P7: 1 transactions, and the account counts 0');
    expect(faults).toContain('lost: P7: nonce 0 of A is signed and was never used');
  });

  test('one nonce of two rows', () => {
    const transactions = [mined('0xa', 0, payeeOf('A'), 10n), mined('0xb2', 0, payeeOf('B'), 20n)];
    const evidence = sound();
    expect(told({ ...evidence, chain: { ...evidence.chain, transactions } })).toContain(
      'M2: nonce 0 is of A and of B',
    );
  });
});

describe('rows', () => {
  test.each(['queued', 'staged', 'submitted', 'executed', 'deadLetter'] as const)(
    'one that is %s at the end',
    (status) => {
      expect(told(withRow('A', { status }))).toContain(`lost: P2: A is ${status} at the end`);
    },
  );

  test('one that could be paid, and was cancelled', () => {
    expect(told(withRow('A', { status: 'cancelled', reason: 'no money' }))).toContain(
      'lost: P2: A is cancelled at the end (no money)',
    );
  });

  test('one that was asked for, and is not there', () => {
    const evidence = sound();
    expect(told({ ...evidence, rows: evidence.rows.slice(1) })).toContain('lost: P2: A is not in the store');
  });

  test('one that nobody asked for', () => {
    const evidence = sound();
    expect(told({ ...evidence, asked: evidence.asked.slice(1) })).toContain(
      'A is stored, and nobody asked for it',
    );
  });

  test.each([
    { amount: 11n },
    { destination: '0xother' },
    { memo: 'other' },
    { scheduledEpoch: 1 },
    { dependsOn: ['B'] },
  ])('another payload: %o', (other) => {
    expect(told(withRow('A', other))).toContain('P2: A stands with another payload');
  });
});

describe('the trail', () => {
  test('lacks a change', () => {
    const faults = told(withTrail((trail) => trail.filter(({ seq }) => seq !== 7)));
    expect(faults).toMatch(/audit: A is .*finalized.*, and by the trail .*staged/);
  });

  test('lacks a step between two', () => {
    const faults = told(withTrail((trail) => trail.filter(({ seq }) => seq !== 4)));
    expect(faults).toContain('audit: entry 7 takes A from staged, and it was queued');
  });

  test('tells of a transaction that is not stored', () => {
    const faults = told(withRow('B', { intents: [intent('B', 1, '0xb2')] }));
    expect(faults).toMatch(/audit: B is .*\["0xb2"\].*, and by the trail .*\["0xb1","0xb2"\]/);
  });

  test('was written by a fence that was taken over', () => {
    const faults = told(
      withTrail((trail) => trail.map((each) => (each.seq === 8 ? { ...each, fence: 1 } : each))),
    );
    expect(faults).toContain('P8: fence 1 wrote entry 8 after 2');
  });

  test('does not make the table by what treasury audit says', () => {
    const evidence = { ...sound(), audit: { code: 1, said: '1 fault' } };
    expect(told(evidence)).toBe('invariant: treasury audit ended with 1: 1 fault');
  });
});

test('damage of the file, and a lease that somebody who ended holds', () => {
  const faults = told({ ...sound(), leaseOwner: 'one', damage: ['row 3 missing from index'] });
  expect(faults).toContain('integrity_check: row 3 missing from index');
  expect(faults).toContain('one has ended, and holds the lease');
});
