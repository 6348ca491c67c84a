import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DISBURSEMENT_STATUSES } from '../../machines/index.ts';
import { mayGo } from '../../src/store/transitions.ts';
import { alter, enqueue, move, NOW, openLeased, outsider, payment, stage, take } from './support.ts';

/** A store in which something happened, and a second hand on its file. */
async function aStore() {
  const { store, lease, path } = await openLeased();
  await enqueue(store, 'a', payment('b', { memo: 'rent', dependsOn: ['a'] }), payment('c', { amount: 7n }));
  await stage(store, lease, 'a', 4);
  await move(store, lease, 'a', 'staged', 'submitted', 'executed', 'finalized');
  await alter(
    store,
    lease,
    'b',
    { from: ['queued'], to: 'queued', attempts: 1, notBefore: NOW + 9 },
    NOW + 1,
  );
  await alter(store, lease, 'c', { from: ['queued'], to: 'cancelled', reason: 'no money' }, NOW + 2);
  const tamper = (sql: string) => {
    const connection = outsider(path);
    for (const table of ['audit', 'intent']) {
      connection.exec(`drop trigger ${table}_no_update; drop trigger ${table}_no_delete;`);
    }
    connection.exec('pragma foreign_keys = off');
    connection.exec(sql);
  };
  return { store, lease, path, tamper };
}

describe('the check of the audit trail', () => {
  test('finds nothing in a store that nobody touched', async () => {
    const { store } = await aStore();
    expect(await store.checkAudit()).toEqual({ rows: 3, changes: 9, faults: [], faultCount: 0 });
  });

  test('finds nothing in an empty store', async () => {
    const { store } = await openLeased();
    expect(await store.checkAudit()).toEqual({ rows: 0, changes: 0, faults: [], faultCount: 0 });
  });

  test.each([
    ["destination = '0x00'", `its destination is "0x00", and "0x${'ab'.repeat(20)}" by the trail`],
    ["memo = 'rent'", 'its memo is "rent", and "" by the trail'],
    ['scheduled_epoch = 0, created_at = 5', `its created_at is 5, and ${NOW} by the trail`],
    ['depends_on = \'["x"]\'', 'its depends_on is "[\\"x\\"]", and "[]" by the trail'],
    ['nonce = 9', 'its nonce is 9, and 4 by the trail'],
    ['attempts = 3', 'its attempts is 3, and 0 by the trail'],
    ["reason = 'mine'", 'its reason is "mine", and null by the trail'],
    ['not_before = 1', 'its not_before is 1, and null by the trail'],
    ['updated_at = 1', `its updated_at is 1, and ${NOW} by the trail`],
  ])('finds a row that was changed behind its back: %s', async (change, fault) => {
    const { store, tamper } = await aStore();
    tamper(`update disbursement set ${change} where id = 'a'`);
    expect((await store.checkAudit()).faults).toEqual([{ id: 'a', fault }]);
  });

  test('finds a row whose status or amount was changed, and that the sums do not fit', async () => {
    const { store, tamper } = await aStore();
    tamper("update disbursement set status = 'queued', nonce = null where id = 'a'");
    expect((await store.checkAudit()).faults).toEqual([
      { id: 'a', fault: 'its status is "queued", and "finalized" by the trail' },
      { id: 'a', fault: 'its nonce is null, and 4 by the trail' },
      { id: undefined, fault: 'the tally of queued says 1 rows of 1, and there are 2 of 2' },
      { id: undefined, fault: 'the tally of finalized says 1 rows of 1, and there are 0 of 0' },
    ]);
  });

  test.each([
    ['delete from audit where seq = 5', 'entry 6 takes it from submitted, where entry 4 had left it staged'],
    [
      "delete from audit where disbursement_id = 'a' and seq < 3",
      'its trail begins with entry 4, which is no import',
    ],
    [
      "insert into audit select 99, at, owner, fence, 'a', 'finalized', 'queued', nonce, null, 0, null, null, null, 0 from audit where seq = 7",
      'entry 99 takes it from finalized to queued, which no rule allows',
    ],
    [
      'update audit set fence = 9 where seq = 5',
      'entry 6 was written under fence 1, after fence 9 had written',
    ],
    ["update audit set payload = '{}' where seq = 6", 'entry 6 imports it again'],
    [
      "update audit set payload = 'no json' where seq = 1",
      `its destination is "0x${'ab'.repeat(20)}", and nothing by the trail`,
    ],
    [
      "delete from audit where disbursement_id = 'a'",
      'it stands in the store, and nothing tells how it came there',
    ],
    ["delete from disbursement where id = 'a'", 'it is in the trail, and not in the store'],
  ])('finds a trail that was changed: %s', async (sql, fault) => {
    const { store, tamper } = await aStore();
    tamper(sql);
    const { faults, faultCount } = await store.checkAudit();
    expect(faults).toContainEqual({ id: 'a', fault });
    expect(faultCount).toBe(faults.length);
  });

  test.each([
    [
      "delete from intent where disbursement_id = 'a'",
      'entry 4 tells of transaction 0xa4, which is not stored',
    ],
    [
      "update intent set tx_hash = '0xff' where disbursement_id = 'a'",
      'its transaction 0xff is not in the trail, or not there in its order',
    ],
    [
      "update intent set nonce = 8, fence = 2 where disbursement_id = 'a'",
      'its transaction 0xa4 has nonce 8 and fence 2, and 4 and 1 by the trail',
    ],
    [
      "update intent set ordinal = 2 where disbursement_id = 'a'",
      'its transaction 0xa4 is number 2, and 1 in its order',
    ],
  ])('finds transactions that are not those of the trail: %s', async (sql, fault) => {
    const { store, tamper } = await aStore();
    tamper(sql);
    expect((await store.checkAudit()).faults).toContainEqual({ id: 'a', fault });
  });

  test('finds a nonce that was signed for two disbursements, and sums that do not fit', async () => {
    const { store, tamper } = await aStore();
    tamper(`insert into intent values ('0xee', 'b', 1, 4, 'pay', '0x', null, 1, 0, null, null);
      update tally set amount = '8' where status = 'cancelled'`);
    const { faults } = await store.checkAudit();
    expect(faults).toContainEqual({
      id: undefined,
      fault: 'nonce 4 was signed for more than one disbursement',
    });
    expect(faults).toContainEqual({
      id: undefined,
      fault: 'the tally of cancelled says 1 rows of 8, and there are 1 of 7',
    });
  });

  test('finds a row that is due too early', async () => {
    const { store, lease, tamper } = await aStore();
    await enqueue(store, payment('later', { scheduledEpoch: 3 }));
    await store.raiseEpoch(lease, 2, { now: NOW });
    tamper("update disbursement set due = 1 where id = 'later'");
    expect((await store.checkAudit()).faults).toEqual([
      { id: 'later', fault: 'its epoch 3 and its being due do not fit epoch 2' },
      { id: 'later', fault: 'its being due does not fit that it is due since null' },
    ]);
  });

  test('counts what it does not tell, and looks at every page', async () => {
    const { store, path } = await openLeased();
    await enqueue(store, ...Array.from({ length: 1_203 }, (_, i) => `row ${i}`));
    expect(await store.checkAudit()).toMatchObject({ rows: 1_203, changes: 1_203, faultCount: 0 });
    outsider(path).exec('update disbursement set attempts = 1');
    const { faults, faultCount } = await store.checkAudit();
    expect([faults.length, faultCount]).toEqual([1_000, 1_203]);
  });

  test('finds nothing whatever the store was asked to do', { timeout: 30_000 }, async () => {
    const steps = fc.array(fc.tuple(fc.nat(4), fc.constantFrom(...DISBURSEMENT_STATUSES), fc.nat(3)), {
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (asked) => {
        const { store, lease } = await openLeased();
        await enqueue(
          store,
          ...Array.from({ length: 5 }, (_, i) => payment(`${i}`, { amount: BigInt(i + 1) })),
        );
        let nonce = 0;
        for (const [which, to, attempts] of asked) {
          const row = await store.find(`${which}`);
          if (row === undefined || !mayGo(row.status, to)) continue;
          // The store refuses what would be two truths: a nonce is needed for these, and none may be there for that.
          if (to === 'queued' && row.nonce !== undefined) continue;
          if ((to === 'executed' || to === 'finalized') && row.nonce === undefined) continue;
          nonce += 1;
          if (to === 'staged' && row.status === 'queued') await stage(store, lease, row.id, nonce);
          else await alter(store, lease, row.id, { from: [row.status], to, attempts }, NOW + nonce);
        }
        expect(await store.checkAudit()).toMatchObject({ rows: 5, faults: [] });
      }),
      { numRuns: 60 },
    );
  });
});

describe('the audit trail, read', () => {
  test('comes oldest first, page by page, of one disbursement or of all', async () => {
    const { store } = await aStore();
    const first = await store.auditTrail({ limit: 4 });
    expect(first.map(({ seq, id, from, to }) => [seq, id, from, to])).toEqual([
      [1, 'a', undefined, 'queued'],
      [2, 'b', undefined, 'queued'],
      [3, 'c', undefined, 'queued'],
      [4, 'a', 'queued', 'staged'],
    ]);
    expect(first[3]).toMatchObject({ nonce: 4, txHash: '0xa4', owner: 'owner', fence: 1, attempts: 0 });
    expect((await store.auditTrail({ limit: 100, after: 4 })).map(({ seq }) => seq)).toEqual([5, 6, 7, 8, 9]);
    const ofB = await store.auditTrail({ limit: 100, id: 'b' });
    expect(ofB.map(({ from, to, attempts, notBefore }) => [from, to, attempts, notBefore])).toEqual([
      [undefined, 'queued', 0, undefined],
      ['queued', 'queued', 1, NOW + 9],
    ]);
    expect(await store.auditTrail({ limit: 100, id: 'nobody' })).toEqual([]);
  });

  test('is written by whoever held the lease', async () => {
    const { store } = await aStore();
    await store.releaseLease({ owner: 'owner', fence: 1 });
    const other = await take(store, 'other');
    await alter(store, other, 'b', { from: ['queued'], to: 'deadLetter' });
    expect((await store.auditTrail({ limit: 1, after: 9 }))[0]).toMatchObject({ owner: 'other', fence: 2 });
    expect((await store.checkAudit()).faults).toEqual([]);
  });
});
