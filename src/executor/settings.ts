import type { ExecutorSettings, InsufficientFunds } from '../../machines/index.ts';
import type { BumpRule } from './fee-bump.ts';
import type { TreasuryExecutorConfig } from './types.ts';

const DEFAULTS = {
  pollIntervalMs: 1_000,
  leaseTtlMs: 60_000,
  batchSize: 100,
  maxInFlight: 16,
  maxUnmined: 64,
  confirmations: 1,
  maxAttempts: 10,
  submitTimeoutMs: 30_000,
  bumpAfterMs: 180_000,
} as const;

/** 500 gwei. */
const MAX_FEE_PER_GAS = 500n * 10n ** 9n;

const FUNDS: readonly InsufficientFunds[] = ['cancel', 'hold'];

const DELAYS: readonly string[] = ['pollIntervalMs', 'leaseTtlMs', 'submitTimeoutMs', 'bumpAfterMs'];
const PORTS = ['store', 'signer', 'submitter', 'lookup', 'epochSource', 'circuitBreaker'] as const;

export interface Settings extends ExecutorSettings, BumpRule {
  /** How long each call of a port may take. Milliseconds. */
  readonly submitTimeoutMs: number;
}

/**
 * Fills and checks the numbers of a configuration.
 *
 * @throws TypeError when a required port is missing, or a choice is none
 * @throws RangeError when a number is out of its bounds: it names the field and the value
 */
export function resolveSettings(config: TreasuryExecutorConfig): Settings {
  if (typeof config.identity !== 'string' || config.identity === '') {
    throw new TypeError('identity must be a name');
  }
  for (const port of PORTS) {
    if (config[port] === undefined || config[port] === null) throw new TypeError(`${port} is required`);
  }
  const entries = Object.entries(DEFAULTS).map(([field, otherwise]) => {
    const value = config[field as keyof typeof DEFAULTS] ?? otherwise;
    const highest = DELAYS.includes(field) ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
    if (!Number.isSafeInteger(value) || value < 1 || value > highest) {
      throw new RangeError(`${field} must be a whole number from 1 to ${highest}, got ${String(value)}`);
    }
    return [field, value] as const;
  });
  const onInsufficientFunds = config.onInsufficientFunds ?? 'cancel';
  if (!FUNDS.includes(onInsufficientFunds)) {
    throw new TypeError(`onInsufficientFunds must be cancel or hold, got ${String(onInsufficientFunds)}`);
  }
  const numbers = Object.fromEntries(entries) as Record<keyof typeof DEFAULTS, number>;
  const maxFeePerGas = config.maxFeePerGas ?? MAX_FEE_PER_GAS;
  if (typeof maxFeePerGas !== 'bigint' || maxFeePerGas < 1n) {
    throw new RangeError(`maxFeePerGas must be a bigint of at least 1, got ${String(maxFeePerGas)}`);
  }
  return { ...numbers, onInsufficientFunds, maxFeePerGas };
}
