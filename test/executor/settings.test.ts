import { expect, test } from 'vitest';
import { resolveSettings } from '../../src/executor/settings.ts';
import type { TreasuryExecutorConfig } from '../../src/index.ts';

const PORTS = ['store', 'signer', 'submitter', 'lookup', 'epochSource', 'circuitBreaker'];

/** A configuration of which only the fields are looked at. */
const configWith = (fields: Record<string, unknown> = {}): TreasuryExecutorConfig => {
  const ports = Object.fromEntries(PORTS.map((port) => [port, {}]));
  return { identity: 'test', ...ports, ...fields } as unknown as TreasuryExecutorConfig;
};

const NUMBERS = {
  pollIntervalMs: 1_000,
  leaseTtlMs: 60_000,
  batchSize: 100,
  maxInFlight: 16,
  maxUnmined: 64,
  confirmations: 1,
  maxAttempts: 10,
  submitTimeoutMs: 30_000,
  bumpAfterMs: 180_000,
};

const CHOICES = { onInsufficientFunds: 'cancel', maxFeePerGas: 500_000_000_000n };

test('the ceiling of a fee is a bigint of at least 1', () => {
  expect(resolveSettings(configWith({ maxFeePerGas: 1n }))).toMatchObject({ maxFeePerGas: 1n });
  for (const wrong of [0n, -1n, 5, '5']) {
    expect(() => resolveSettings(configWith({ maxFeePerGas: wrong }))).toThrow(
      new RangeError(`maxFeePerGas must be a bigint of at least 1, got ${String(wrong)}`),
    );
  }
});

test('what becomes of a payment for which there is no money is one of two', () => {
  expect(resolveSettings(configWith({ onInsufficientFunds: 'hold' }))).toMatchObject({
    onInsufficientFunds: 'hold',
  });
  for (const wrong of ['keep', '', 1]) {
    const message = `onInsufficientFunds must be cancel or hold, got ${String(wrong)}`;
    expect(() => resolveSettings(configWith({ onInsufficientFunds: wrong }))).toThrow(new TypeError(message));
  }
});

test('fills what is not given', () => {
  expect(resolveSettings(configWith())).toEqual({ ...NUMBERS, ...CHOICES });
  expect(resolveSettings(configWith({ batchSize: 7, maxUnmined: undefined }))).toEqual({
    ...NUMBERS,
    ...CHOICES,
    batchSize: 7,
  });
});

test.each(PORTS)('%s is required', (port) => {
  for (const missing of [undefined, null]) {
    expect(() => resolveSettings(configWith({ [port]: missing }))).toThrow(
      new TypeError(`${port} is required`),
    );
  }
});

test.each([['', undefined, 7]])('an identity is a name', (identity) => {
  expect(() => resolveSettings(configWith({ identity }))).toThrow(new TypeError('identity must be a name'));
});

test.each(Object.keys(NUMBERS))('%s is a whole number within its bounds', (field) => {
  const isDelay = field.endsWith('Ms');
  const highest = isDelay ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  for (const fine of [1, highest]) {
    expect(resolveSettings(configWith({ [field]: fine }))).toMatchObject({ [field]: fine });
  }
  for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, highest + 1, '5', 5n]) {
    expect(() => resolveSettings(configWith({ [field]: wrong }))).toThrow(
      new RangeError(`${field} must be a whole number from 1 to ${highest}, got ${String(wrong)}`),
    );
  }
});
