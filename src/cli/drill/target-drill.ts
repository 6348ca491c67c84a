import { existsSync } from 'node:fs';
import type { CircuitBreakerPolicy } from '../../../machines/index.ts';
import { StoreNotFoundError } from '../../store/sqlite-file.ts';
import { createExecutorClient } from './executor-client.ts';
import type { DrillReport } from './report.ts';
import { assertPassed, runSteps, type StepListener } from './steps.ts';
import { MEND, targetSteps } from './target-steps.ts';
import { TargetWatch } from './target-watch.ts';
import { Limits } from './until.ts';

export interface TargetDrillOptions {
  readonly report: DrillReport;
  /** A signal from outside. */
  readonly stop: AbortSignal;
  /** What the executor was started with. */
  readonly policy: CircuitBreakerPolicy;
  /** Where it serves. */
  readonly target: string;
  /** How long all of it may take. Milliseconds. */
  readonly timeoutMs: number;
  /** The executor's store, whose audit is checked in the end; without it nothing is opened. */
  readonly db?: string | undefined;
}

/**
 * Watches a running executor while a person breaks and mends its RPC.
 *
 * @throws TargetUnreachableError when nothing answers there, ConfigurationError when it is no treasury,
 * DrillFailedError when a step shows what it should not, NotFinishedError when it was stopped
 */
export async function runTargetDrill(options: TargetDrillOptions): Promise<void> {
  const { report, stop, policy, target, db } = options;
  const client = createExecutorClient(target);
  if (db !== undefined && !existsSync(db)) throw new StoreNotFoundError(db);
  const limits = new Limits(stop, options.timeoutMs);
  const watch = new TargetWatch(client, limits);
  // Once before all: what is no treasury is no failed drill.
  await client.read(stop);
  await report.open([`a drill that watches ${client.url}: it is sent nothing but GETs`], {
    ...{ kind: 'target', url: client.url, policy, db },
  });
  let isMended = true;
  const listener: StepListener = {
    begin: (step, of) => {
      if (of.name === 'open') isMended = false;
      return report.begin(step, of);
    },
    end: (result) => {
      if (result.name === 'closed' && result.verdict === 'ok') isMended = true;
      return report.end(result);
    },
  };
  try {
    const results = await runSteps(targetSteps({ client, watch, limits, policy, db }), listener, stop);
    await report.close(results);
    assertPassed(results);
  } finally {
    if (!isMended) await report.remind(MEND);
  }
}
