import { Command, InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { resolvePolicy } from '../../machines/policy.ts';
import { parseDuration, parseGwei, parsePort, parsePositiveInteger } from '../../src/cli/options.ts';
import { addPolicyOptions, policyFrom } from '../../src/cli/policy-options.ts';

describe('a duration', () => {
  test.each([
    ['1ms', 1],
    ['250ms', 250],
    ['1s', 1000],
    ['60s', 60_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['2147483647ms', 2 ** 31 - 1],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each([
    ...['', '0s', '5', 's', '-1s', '1.5s', '1 s', '1S', '1d', '1s1s', ' 1s', '1e3ms', '١s'],
    ...['2147483648ms', '25d', '597h', '99999999999999999999ms', '1m\n'],
  ])('%j is refused', (text) => expect(() => parseDuration(text)).toThrow(InvalidArgumentError));
});

test('a port is 0 to 65535', () => {
  expect(['0', '9615', '65535'].map(parsePort)).toEqual([0, 9615, 65_535]);
  for (const text of ['', '-1', '65536', '80.5', '0x50', 'http', '1e3']) {
    expect(() => parsePort(text)).toThrow(InvalidArgumentError);
  }
});

test('a fee is in gwei, with nine decimal places at most, and more than 0', () => {
  for (const [text, wei] of [
    ['1', 1_000_000_000n],
    ['0.000000001', 1n],
    ['2.5', 2_500_000_000n],
    ['500', 500_000_000_000n],
    ['00.10', 100_000_000n],
  ] as const) {
    expect(parseGwei(text), text).toBe(wei);
  }
  for (const text of [
    '',
    '0',
    '0.0',
    '-1',
    '+1',
    '1e3',
    '1.',
    '.5',
    '1.0000000001',
    '0x1',
    ' 1',
    '1 gwei',
    '9'.repeat(31),
  ]) {
    expect(() => parseGwei(text), text).toThrow(InvalidArgumentError);
  }
});

test('a count is a whole number of at least 1', () => {
  expect(['1', '20', '9007199254740991'].map(parsePositiveInteger)).toEqual([1, 20, Number.MAX_SAFE_INTEGER]);
  for (const text of ['', '0', '-1', '1.5', '1e3', 'two', '9007199254740992']) {
    expect(() => parsePositiveInteger(text)).toThrow(InvalidArgumentError);
  }
});

describe('the policy flags', () => {
  const policyOf = (...args: readonly string[]) => {
    const command = addPolicyOptions(new Command())
      .exitOverride()
      .configureOutput({ outputError: () => {} });
    return policyFrom(command.parse(args, { from: 'user' }).opts());
  };

  test('leave what they do not name to the defaults', () => {
    expect(policyOf()).toEqual({});
    expect(policyOf('--open-backoff-max', '1h')).toEqual({ openBackoff: { maxMs: 3_600_000 } });
  });

  test('set every field', () => {
    const args =
      '--failure-threshold 3 --success-threshold 4 --open-timeout 90s --failure-window 10m --half-open-max-probes 2 ' +
      '--probe-timeout 500ms --open-backoff-factor 1.5 --open-backoff-max 20m --open-backoff-jitter 0.25';
    const policy = policyOf(...args.split(' '));
    expect(policy).toEqual({
      failureThreshold: 3,
      successThreshold: 4,
      openTimeoutMs: 90_000,
      failureWindowMs: 600_000,
      halfOpenMaxProbes: 2,
      probeTimeoutMs: 500,
      openBackoff: { factor: 1.5, maxMs: 1_200_000, jitter: 0.25 },
    });
    expect(resolvePolicy(policy)).toEqual(policy);
  });

  test.each([
    ['--failure-threshold', '0'],
    ['--half-open-max-probes', '1.5'],
    ['--open-timeout', '60'],
    ['--open-timeout', '600h'],
    ['--open-backoff-factor', '0.9'],
    ['--open-backoff-factor', 'Infinity'],
    ['--open-backoff-jitter', '1'],
    ['--open-backoff-jitter', '-0.1'],
  ])('refuse %s %s, naming the flag', (flag, value) =>
    expect(() => policyOf(`${flag}=${value}`)).toThrow(flag),
  );
});
