import { type Command, Option } from 'commander';
import { addStoreOptions, parseDuration, parseGwei, parsePositiveInteger } from '../options.ts';
import { addLiveOptions, type LiveOptions } from './live-options.ts';

/** What `run` takes. `doctor` takes the same, so that it can be asked about what is going to be run. */
export interface RunOptions extends LiveOptions {
  readonly rpcUrl: string;
  readonly keyFile: string;
  readonly lease?: number;
  readonly host?: string;
  readonly allowHost?: readonly string[];
  readonly confirmations: number;
  readonly adoptNonce?: boolean;
  readonly maxInFlight?: number;
  readonly maxUnmined?: number;
  readonly bumpAfter?: number;
  /** Base units. */
  readonly maxFee?: bigint;
}

/** As the executor has them. */
export const DEFAULT_LEASE_MS = 60_000;
export const DEFAULT_POLL_MS = 1_000;

const collect = (value: string, others: readonly string[] = []): readonly string[] => [...others, value];

/** Adds the flags of `run`, those that it needs too. */
export function addRunOptions(command: Command, { isRequired }: { readonly isRequired: boolean }): Command {
  command
    .addOption(
      new Option('--rpc-url <url>', 'JSON-RPC endpoint of the chain').makeOptionMandatory(isRequired),
    )
    .addOption(
      new Option(
        '--key-file <file>',
        'holds one hexadecimal private key, readable by its owner only',
      ).makeOptionMandatory(isRequired),
    )
    .option(
      '--lease <time>',
      'how long another executor waits when this one vanishes (default: 60s)',
      parseDuration,
    )
    .option('--host <address>', 'address to serve on (default: 127.0.0.1)')
    .option('--allow-host <name>', 'a further Host header to answer to; may be repeated', collect)
    .option('--confirmations <blocks>', 'blocks after which a payment is final', parsePositiveInteger, 12)
    .option('--max-in-flight <count>', 'payments sent at once (default: 16)', parsePositiveInteger)
    .option(
      '--max-unmined <count>',
      'no further payment is sent while so many are in no block (default: 64)',
      parsePositiveInteger,
    )
    .option(
      '--bump-after <time>',
      'how long a payment may wait to be mined before more is offered for it (default: 3m)',
      parseDuration,
    )
    .option('--max-fee <gwei>', 'what is then offered for gas at most (default: 500)', parseGwei)
    .option(
      '--adopt-nonce',
      'go on although the account has used nonces that the store does not know: rows may be paid a second time',
    );
  return addLiveOptions(addStoreOptions(command));
}
