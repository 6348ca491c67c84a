import packageJson from '../../../package.json' with { type: 'json' };
import { messageOf } from '../../message-of.ts';
import type { Treasury, TreasuryOptions } from '../../treasury.ts';
import type { Report } from './report.ts';
import { summarise, type WatchOptions, watch } from './watch.ts';

/** `--once` ran out of time: something due is still open. */
export class NotFinishedError extends Error {
  override readonly name = 'NotFinishedError';
}

/**
 * Runs a treasury to its end: shows it, stops it, tells what it came to. It is closed in any case.
 *
 * @throws NotFinishedError, or what ended the executor
 */
export async function runLive(treasury: Treasury, report: Report, options: WatchOptions): Promise<void> {
  try {
    announce(treasury, report, options.stop);
    const ending = await watch(treasury, report, options);
    await treasury.executor.stop();
    const summary = await summarise(treasury);
    await report.end(summary);
    if (ending === 'timedOut') {
      throw new NotFinishedError(
        `not finished in time: ${summary.outstanding} due disbursements are unsettled; run it again, it continues`,
      );
    }
  } finally {
    await treasury.close();
  }
}

function announce(treasury: Treasury, report: Report, stop: AbortSignal): void {
  report.say(`signing as ${treasury.chain.address} on chain ${treasury.chain.chainId}`);
  report.say(`metrics at ${treasury.url}/metrics`);
  report.say(`charts at ${treasury.url}/inspect`);
  treasury.onBreakerChange(({ from, to, reason, retryAfterMs }) => {
    const next =
      to === 'OPEN' ? `: nothing is submitted, next probe in ${Math.ceil(retryAfterMs / 1000)} s` : '';
    report.say(`breaker ${from} -> ${to} (${reason})${next}`);
  });
  // Whoever stops it and sees nothing happen would kill it.
  stop.addEventListener('abort', () => report.say('stopping: what is out is awaited and recorded'), {
    once: true,
  });
}

/** What every treasury of this command is opened with. */
export const commonOptions = (
  report: Pick<Report, 'warn'>,
): Pick<TreasuryOptions, 'version' | 'onServerError'> => ({
  version: packageJson.version,
  onServerError: (error) => report.warn(`the server failed: ${messageOf(error)}`),
});
