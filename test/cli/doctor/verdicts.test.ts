import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, resolvePolicy } from '../../../machines/policy.ts';
import { judgeBalance } from '../../../src/cli/doctor/balance.ts';
import { type ClockReadings, judgeClock } from '../../../src/cli/doctor/clock.ts';
import { judgeFlags, judgeNode } from '../../../src/cli/doctor/configuration.ts';
import { judgeNonces } from '../../../src/cli/doctor/nonce.ts';
import { describePolicy, judgePolicy } from '../../../src/cli/doctor/policy.ts';
import { judgeChain } from '../../../src/cli/doctor/rpc.ts';
import { judgeSpace } from '../../../src/cli/doctor/store.ts';
import { judgeDurability } from '../../../src/cli/doctor/store-durability.ts';
import type { DurabilityProbe } from '../../../src/store/durability.ts';
import { told } from './told.ts';

const MIB = 1024 ** 2;

describe('configuration', () => {
  test.each([
    ['18.20.1', ['failed']],
    ['22.17.0', ['failed']],
    ['22.18.0', []],
    ['24.0.0', []],
  ])('Node %s: %j', (version, verdicts) => {
    expect(judgeNode(version).map(({ verdict }) => verdict)).toEqual(verdicts);
  });

  test('the policy that was approved, and what the original advises for other networks, are fine', () => {
    for (const policy of [{}, { failureThreshold: 3 }, { failureThreshold: 10 }, { openTimeoutMs: 30_000 }]) {
      expect(judgePolicy(resolvePolicy(policy)), JSON.stringify(policy)).toEqual([]);
    }
  });

  test.each([
    [{ failureThreshold: 1 }, /^--failure-threshold 1: one failed request stops every payment for 60 s$/],
    [{ failureThreshold: 21 }, /^--failure-threshold 21: so many submissions go to an RPC that fails/],
    [{ openTimeoutMs: 9_999 }, /^--open-timeout 10 s: /],
    [{ failureWindowMs: 30_000 }, /^--failure-window 30 s: /],
  ])('%j is weaker', (policy, finding) => {
    const [only, ...others] = judgePolicy(resolvePolicy(policy));
    expect(only).toMatchObject({
      verdict: 'warning',
      finding: expect.stringMatching(finding),
      remedy: expect.stringMatching(/the default is/),
    });
    expect(others).toEqual([]);
  });

  test('tells the policy, and what of it is not the default', () => {
    expect(describePolicy(DEFAULT_POLICY)).toBe('breaker 5 failures, 60 s open, 2 successes');
    expect(
      describePolicy(
        resolvePolicy({ openTimeoutMs: 1_500, halfOpenMaxProbes: 2, openBackoff: { factor: 2 } }),
      ),
    ).toBe(
      'breaker 5 failures, 1.5 s open, 2 successes ' +
        '(not the default: openTimeoutMs 1500, halfOpenMaxProbes 2, openBackoff.factor 2)',
    );
  });

  test.each([
    [{ lease: 1_000, pollInterval: 1_000 }, 'warning --lease 1 s is not longer than --poll-interval 1 s: '],
    [{ lease: 1_000 }, 'warning --lease 1 s is not longer than --poll-interval 1 s: '],
    [{ confirmations: 1 }, 'warning --confirmations 1: '],
    [{ host: '0.0.0.0' }, 'warning --host 0.0.0.0: whoever reaches that address reads metrics and charts'],
    [{ host: '::', controlTokenFile: 't' }, 'warning --host ::: .* the control token is sent in clear'],
    [{ allowHost: ['/x'] }, 'failed "/x" is no host'],
    [{ rpcUrl: 'http://user:pw@10.0.0.7:8545/key' }, 'warning --rpc-url http://10.0.0.7:8545/…: without TLS'],
  ])('%j', (flags, finding) => {
    expect(told(judgeFlags({ confirmations: 12, ...flags }))).toMatch(new RegExp(`^${finding}`));
  });

  test.each([
    { lease: 1_001, pollInterval: 1_000 },
    { host: '127.0.0.1' },
    { host: '::1', controlTokenFile: 't' },
    { allowHost: ['treasury.example'] },
    { rpcUrl: 'https://rpc.example/key' },
    { rpcUrl: 'http://[::1]:8545' },
    { rpcUrl: 'no url' },
  ])('%j is fine, or for another check to tell', (flags) => {
    expect(judgeFlags({ confirmations: 12, ...flags })).toEqual([]);
  });
});

describe('store', () => {
  test.each([
    [64 * MIB - 1, 'failed'],
    [64 * MIB, 'warning'],
    [1024 * MIB - 1, 'warning'],
    [1024 * MIB, undefined],
  ])('%d bytes free: %s', (free, verdict) => {
    expect(judgeSpace(free)[0]?.verdict).toBe(verdict);
  });
});

describe('store durability', () => {
  const probe = (more: Partial<DurabilityProbe> = {}): DurabilityProbe => ({
    journalMode: 'wal',
    synchronous: 2,
    commits: 20,
    durable: { medianMs: 0.4, waited: 20 },
    lazy: { medianMs: 0.03, waited: 0 },
    ...more,
  });
  const ext4 = { name: 'ext4', keeping: 'kept' } as const;

  test('tells what was measured', () => {
    expect(told(judgeDurability(probe(), ext4))).toBe(
      'ok WAL, synchronous FULL on ext4; 20 of 20 commits waited for the disk, 0.4 ms each, without fsync 0.03 ms',
    );
    const untold = {
      durable: { medianMs: 0.4, waited: undefined },
      lazy: { medianMs: 0.03, waited: undefined },
    };
    expect(told(judgeDurability(probe(untold), undefined))).toBe(
      'ok WAL, synchronous FULL; 20 commits with fsync, 0.4 ms each, without fsync 0.03 ms',
    );
  });

  test.each([
    ['the kernel saw the thread wait, however short', { medianMs: 0.03, waited: 10 }, 'ok'],
    ['it did not wait, and took as long as without', { medianMs: 0.04, waited: 1 }, 'failed'],
    ['it did not wait, and took much longer: memory that keeps', { medianMs: 0.4, waited: 0 }, 'ok'],
    ['nobody tells, and it took as long as without', { medianMs: 0.06, waited: undefined }, 'failed'],
    ['nobody tells, and it took longer', { medianMs: 0.061, waited: undefined }, 'ok'],
  ])('%s', (_what, durable, verdict) => {
    const findings = judgeDurability(probe({ durable }), ext4);
    expect(findings.map((each) => each.verdict)).toEqual([verdict]);
    if (verdict === 'failed')
      expect(told(findings)).toMatch(/^failed an fsync does nothing on ext4: .* -> find what/);
  });

  test.each([
    [{ journalMode: 'delete' }, 'journal_mode delete and synchronous 2'],
    [{ synchronous: 1 }, 'journal_mode wal and synchronous 1'],
  ])('%j is not what the store asks for', (more, finding) => {
    expect(told(judgeDurability(probe(more), ext4))).toMatch(`failed SQLite runs with ${finding}`);
  });

  test.each([
    ['tmpfs', 'memory', 'failed the store lies in memory (tmpfs)'],
    ['NFS', 'network', 'failed the store lies on a network file system (NFS)'],
    ['overlayfs', 'layer', "warning the store lies in a container's own layer (overlayfs)"],
    ['FUSE', 'unclear', 'warning the store lies on FUSE'],
  ] as const)('%s', (name, keeping, finding) => {
    expect(told(judgeDurability(probe(), { name, keeping }))).toContain(finding);
  });

  test('in memory, an fsync that does nothing is no second fault', () => {
    const memory = { name: 'tmpfs', keeping: 'memory' } as const;
    const durable = { medianMs: 0.03, waited: 0 };
    expect(judgeDurability(probe({ durable }), memory)).toHaveLength(1);
  });
});

describe('rpc', () => {
  const bound = { chainId: 1, genesisHash: '0xa', signer: '0x' };
  test.each([
    [{ chainId: 1, genesisHash: '0xa' }, undefined, bound, ''],
    [{ chainId: 1, genesisHash: '0xa' }, 1, undefined, ''],
    [{ chainId: 5, genesisHash: '0xa' }, 1, bound, 'failed it serves chain 5, not 1'],
    [
      { chainId: 5, genesisHash: '0xa' },
      5,
      bound,
      'failed it serves chain 5, and the store belongs to chain 1',
    ],
    [{ chainId: 1, genesisHash: '0xb' }, 1, bound, 'failed it serves a chain 1 that began with block 0xb'],
    [
      { chainId: 5, genesisHash: '0xa' },
      undefined,
      undefined,
      'warning it serves chain 5, and the store is bound to none',
    ],
  ])('%j, meant %s, bound %j', (chain, expected, binding, finding) => {
    const findings = told(judgeChain(chain, expected, binding));
    if (finding === '') expect(findings).toBe('');
    else expect(findings).toContain(finding);
  });
});

describe('nonce', () => {
  test.each([
    [0, 0],
    [3, 3],
    [2, 3],
  ])('%d used and %d known is fine', (chain, known) => {
    expect(judgeNonces({ chain, known }, 7, false).verdict).toBe('ok');
  });

  test('one more is a fault, or what the operator has adopted', () => {
    const refused = judgeNonces({ chain: 4, known: 3 }, 7, false);
    expect(refused).toMatchObject({
      verdict: 'failed',
      finding: expect.stringContaining('has used 4 nonces, and the store knows of 3'),
      remedy: expect.stringMatching(/--adopt-nonce: 7 queued payments and .* would be paid a second time$/),
    });
    expect(judgeNonces({ chain: 4, known: 3 }, 7, true)).toMatchObject({
      verdict: 'warning',
      finding: expect.stringContaining('7 queued payments'),
    });
  });
});

describe('balance', () => {
  const purse = { address: '0xa', has: 142_000n, price: 2n, payments: 2, amount: 58_000n };

  test('has to cover amounts and gas, to the unit', () => {
    expect(judgeBalance(purse, { onInsufficientFunds: 'cancel' })).toMatchObject({
      verdict: 'ok',
      finding: '142000 base units, for 2 open payments of 58000 base units and up to 84000 for gas',
    });
    expect(judgeBalance({ ...purse, has: 141_999n }, { onInsufficientFunds: 'cancel' })).toMatchObject({
      verdict: 'warning',
      finding: expect.stringMatching(/is cancelled, unless --on-insufficient-funds hold/),
      remedy: 'send 1 base units to 0xa',
    });
    expect(judgeBalance({ ...purse, has: 1n }, { onInsufficientFunds: 'hold' }).finding).toMatch(
      /waits in the queue$/,
    );
  });

  test('nothing is a fault, whatever is to be paid', () => {
    expect(judgeBalance({ ...purse, has: 0n }, { onInsufficientFunds: 'hold' })).toMatchObject({
      verdict: 'failed',
      remedy: 'send it 142000 base units',
    });
    const idle = { ...purse, has: 0n, payments: 0, amount: 0n };
    expect(judgeBalance(idle, { onInsufficientFunds: 'hold' }).verdict).toBe('failed');
  });
});

describe('clock', () => {
  const readings: ClockReadings = {
    ...{ blockAheadMs: -2_000, storeAheadMs: -5_000 },
    ...{ setByMs: 3, isSynchronised: true },
  };
  test.each([
    [{ blockAheadMs: 15_000, storeAheadMs: 15_000, setByMs: -1_000, isSynchronised: undefined }, ''],
    [{ blockAheadMs: undefined, storeAheadMs: undefined }, ''],
    [{ blockAheadMs: 15_001 }, 'warning the newest block is 15 s ahead of the clock'],
    [{ blockAheadMs: 300_001 }, 'failed the newest block is 5 min ahead of the clock'],
    [{ blockAheadMs: -300_001 }, 'warning the newest block is 5 min old'],
    [{ storeAheadMs: 7_200_000 }, 'failed the store was changed 2 h ahead of the clock'],
    [{ setByMs: -1_001 }, 'warning the clock was set by 1 s meanwhile'],
    [{ isSynchronised: false }, 'warning the system says that its clock is not synchronised'],
  ])('%j', (more, finding) => {
    const findings = told(judgeClock({ ...readings, ...more }));
    if (finding === '') expect(findings).toBe('');
    else expect(findings).toMatch(new RegExp(`^${finding}.* -> .*set the clock by NTP`));
  });
});
