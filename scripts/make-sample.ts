// Writes examples/disbursements.csv: the same file every time, so that a difference is somebody's decision.
import { writeFileSync } from 'node:fs';
import { ROW_FIELDS } from '../src/cli/parse-row.ts';

/** The last twenty bytes of a hash of the payee's name: nobody has the keys, so nobody can mistake them for real. */
const PAYEES = {
  alice: '0xf7b83d1ea4D2C451aB1BEcb0E9F50242ddA15095',
  bruno: '0x8c04371DceEb5EF786c11ACf77F7c3Ff941eBD5c',
  chiara: '0xa2C555899e9f2A5361ecAE4972288a3d021fEC0D',
  dmitri: '0xf96E0a91C19E03Cc9f93F20D42fd6cB57Ff62317',
  eunji: '0x712BA9Bb8D167b5CBf2c3C51223DC6b2090976E4',
  nordlicht: '0x6623328a82300f1188C931D25736E9C022Bf685A',
  brightline: '0x57d58040a9205261c460d15C757B60739Debc736',
  kestrel: '0x0E874F0f2609c364fA0DAAa639f8234E508a0756',
  mueller: '0x2580d92977d1480E44D226a3657e7C3233c70B68',
  lumiere: '0x37bE9A8a0aC55D1f62c4BF0d5cB45f0050BB7381',
  indexer: '0x7be7B0A3c48023D4ceDaeF83603f4066dDF097f8',
  lightclient: '0x92C014b24F6BAC0A03FAA530E9Aa3123297b3c0C',
  docs: '0xFa7bDc2DE1Ad2f150d442F4A1D07B051a0d7AA2e',
  harbor: '0x1C04C7433e20C16DB095ba355D09C3dF60fbf124',
  tern: '0xd559dDF07526B74939d4d789F537A7B7D4Cd4E12',
} as const;

type Payee = keyof typeof PAYEES;

const MILLIETHER = 10n ** 15n;
const STAFF = ['alice', 'bruno', 'chiara', 'dmitri', 'eunji'] as const;

const rows: string[] = [];

function row(
  id: string,
  payee: Payee,
  amount: bigint,
  memo: string,
  rest: { epoch?: number; after?: readonly string[] } = {},
): string {
  const cells = [id, PAYEES[payee], `${amount}`, memo, `${rest.epoch ?? 0}`, (rest.after ?? []).join(';')];
  rows.push(cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','));
  return id;
}

// A linear congruential generator (Numerical Recipes): the amounts need to differ, not to be random.
let seed = 20_261_124;
function between(low: number, high: number): bigint {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return BigInt(low + Math.floor((seed / 2 ** 32) * (high - low)));
}
/** Between two amounts of thousandths of an ether, with a few odd gwei, as conversions from euros have. */
const amount = (low: number, high: number): bigint =>
  between(low, high) * MILLIETHER + between(0, 999_983) * 10n ** 9n;

const VENDORS: readonly (readonly [Payee, string, number, number])[] = [
  ['nordlicht', 'Hosting, cluster fra-2', 900, 6400],
  ['brightline', 'Contract review, second pass', 8000, 24_000],
  ['kestrel', 'Market data feed', 1200, 3600],
  ['mueller', 'Druck und Versand, Auflage „Herbst“', 150, 2100],
  ['lumiere', 'Team lunch "Café Lumière"', 40, 320],
  ['tern', 'Flights and rail, Lisboa ↔ Zürich', 300, 2800],
];
for (let number = 301; number < 411; number += 1) {
  const vendor = VENDORS[number % VENDORS.length];
  if (vendor === undefined) continue;
  const [payee, memo, low, high] = vendor;
  row(`INV-2026-0${number}`, payee, amount(low, high), memo);
}

for (let number = 8801; number < 8861; number += 1) {
  row(`REFUND-${number}`, 'harbor', amount(2, 410), `Refund of order ${number * 7}, "changed mind"`);
}

const payroll = STAFF.map((who) =>
  row(`PAYROLL-2026-11-${who}`, who, amount(2200, 4900), 'Salary, November 2026'),
);
for (const who of STAFF) {
  for (const trip of ['09', '10', '11', '11-extra']) {
    row(`EXPENSES-2026-${trip}-${who}`, who, amount(15, 640), 'Expenses: trains, meals');
  }
}

const GRANTS: readonly (readonly [Payee, string])[] = [
  ['indexer', 'Open indexer'],
  ['lightclient', 'Light client for phones'],
  ['docs', 'Docs guild: 日本語, español'],
];
const finals = GRANTS.map(([payee, memo]) => {
  let last = row(`GRANT-${payee}-m1`, payee, amount(20_000, 42_000), `${memo}, milestone 1`);
  for (const milestone of [2, 3, 4]) {
    const id = `GRANT-${payee}-m${milestone}`;
    last = row(id, payee, amount(9000, 21_000), `${memo}, milestone ${milestone}`, { after: [last] });
  }
  return last;
});

// Fan-in: paid once everything named is.
row('BONUS-2026-11-team', 'alice', amount(4000, 5000), 'Team bonus, once every salary is out', {
  after: payroll,
});
row('GRANT-review-2026', 'brightline', amount(12_000, 14_000), 'Review of all grants', { after: finals });
for (const [index, who] of STAFF.entries()) {
  const after = [`PAYROLL-2026-11-${who}`, `EXPENSES-2026-11-${who}`];
  row(`SETTLEMENT-2026-11-${who}`, who, amount(20, 90) + BigInt(index), 'Tax settlement, November', {
    after,
  });
}
for (let number = 411; number < 417; number += 1) {
  const after = [`INV-2026-0${number - 20}`];
  row(`INV-2026-0${number}`, 'nordlicht', amount(300, 900), 'Overage, after the base invoice', { after });
}

// Later epochs.
for (const epoch of [1, 2, 3]) {
  const month = ['2026-12', '2027-01', '2027-02'][epoch - 1];
  for (const who of STAFF)
    row(`PAYROLL-${month}-${who}`, who, amount(2200, 4900), `Salary, ${month}`, { epoch });
  row(`RENT-${month}`, 'lumiere', amount(3100, 3200), `Office rent, ${month}`, { epoch });
  row(`HOSTING-${month}`, 'nordlicht', amount(2000, 2600), `Reserved capacity, ${month}`, { epoch });
  const after = [`RENT-${month}`, `PAYROLL-${month}-alice`];
  row(`FACILITIES-${month}`, 'mueller', amount(100, 300), `Facilities, ${month}`, { epoch, after });
}

// These wait: the approval that they name is no disbursement and never comes.
row('INV-2026-0490', 'kestrel', amount(30_000, 32_000), 'Annual licence, board has not decided', {
  after: ['APPROVAL-BOARD-2026-17'],
});
row('GRANT-hardware-m1', 'indexer', amount(50_000, 60_000), 'Hardware, approval pending', {
  after: ['APPROVAL-BOARD-2026-18', 'GRANT-indexer-m1'],
});

const file = new URL('../examples/disbursements.csv', import.meta.url);
writeFileSync(file, `${[ROW_FIELDS.join(','), ...rows].join('\n')}\n`);
