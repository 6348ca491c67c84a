import { type Command, Option } from 'commander';
import type { InsufficientFunds } from '../../../machines/index.ts';
import type { TreasuryOptions } from '../../treasury.ts';
import { parseDuration, parsePort, parsePositiveInteger } from '../options.ts';
import { addPolicyOptions, type PolicyOptions } from '../policy-options.ts';

/** What `dev` and `run` both take, beside `--db`, `--json` and the policy. */
export interface LiveOptions extends PolicyOptions {
  readonly db: string;
  readonly json?: boolean;
  readonly port: number;
  readonly controlTokenFile?: string;
  readonly pollInterval?: number;
  readonly batchSize?: number;
  readonly onInsufficientFunds: InsufficientFunds;
  readonly once?: boolean;
  readonly timeout: number;
  readonly epochBlocks: number;
}

const PORT = 9615;
const TIMEOUT = '10m';

/** Adds the flags that `dev` and `run` share. */
export function addLiveOptions(command: Command): Command {
  command
    .option('--port <port>', 'where metrics, health and the breaker are served', parsePort, PORT)
    .option(
      '--control-token-file <file>',
      'its first line is the token with which the breaker can be isolated and reset over HTTP, readable by its owner only',
    )
    .option('--poll-interval <time>', 'pause between two ticks (default: 1s)', parseDuration)
    .option('--batch-size <count>', 'new payments in one tick', parsePositiveInteger)
    .addOption(
      new Option(
        '--on-insufficient-funds <what>',
        'what becomes of a payment that the account cannot pay: it is cancelled, or held in the queue until there is money',
      )
        .choices(['cancel', 'hold'] satisfies InsufficientFunds[])
        .default('cancel'),
    )
    .option('--once', 'end when nothing due is left unsettled')
    .addOption(
      new Option('--timeout <time>', 'with --once: give up after this, exit 75')
        .argParser(parseDuration)
        .default(parseDuration(TIMEOUT), TIMEOUT),
    )
    .option('--epoch-blocks <count>', 'blocks of one epoch', parsePositiveInteger, 120);
  return addPolicyOptions(command);
}

/** The token of whoever may give orders to the breaker, where there is a file of it. Read before anything is started. */
export async function controlFrom({
  controlTokenFile,
}: LiveOptions): Promise<Pick<TreasuryOptions, 'controlToken'>> {
  if (controlTokenFile === undefined) return {};
  const { readControlTokenFile } = await import('../control-token-file.ts');
  return { controlToken: await readControlTokenFile(controlTokenFile) };
}
