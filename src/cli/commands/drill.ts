import { type Command, Option } from 'commander';
import { resolvePolicy } from '../../../machines/index.ts';
import type { OutageMode } from '../../dev/rpc-proxy.ts';
import type { DrillReport } from '../drill/report.ts';
import { parseDb, parseDuration, parsePositiveInteger } from '../options.ts';
import { standardOutput } from '../output.ts';
import { addPolicyOptions, type PolicyOptions, policyFrom } from '../policy-options.ts';
import { printable } from '../printable.ts';
import { stopOnSignal } from '../signals.ts';

const MODES = ['refuse', 'hang', 'unavailable'] as const satisfies OutageMode[];
type Mode = (typeof MODES)[number];

interface DrillOptions extends PolicyOptions {
  readonly db?: string;
  readonly json?: boolean;
  readonly target?: string;
  readonly mode: Mode;
  readonly payouts: number;
  readonly timeout?: number;
}

const PAYOUTS = 60;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A person breaks and mends the RPC there, and production is OPEN for a minute each time. */
const TIMEOUT_MS = { own: 5 * MINUTE, target: 15 * MINUTE } as const;
/** Short, so that a drill takes seconds. Where requests hang, ticks take as long as these do, and some have to end meanwhile. */
const OPEN_TIMEOUT_MS: Readonly<Record<Mode, number>> = {
  refuse: 3 * SECOND,
  unavailable: 3 * SECOND,
  hang: 10 * SECOND,
};

/** `treasury drill`: the manual failover test, scripted. */
export function registerDrill(program: Command): void {
  const command = program
    .command('drill')
    .description(
      'break the RPC of a treasury that is all its own and temporary, and watch that the breaker opens, nothing is ' +
        'submitted, a probe closes it, and all is paid once; exit code 0, or 1 when a step fails, 75 when stopped',
    )
    .option(
      '--target <url>',
      'watch this running executor instead, which is sent nothing but GETs: what to break and mend by hand is told',
    )
    .addOption(
      new Option('--mode <mode>', 'how the RPC fails').choices(MODES).default('refuse').conflicts('target'),
    )
    .addOption(
      new Option('--payouts <count>', 'how many payments there are')
        .argParser(parsePositiveInteger)
        .default(PAYOUTS)
        .conflicts('target'),
    )
    .option('--timeout <time>', 'how long all of it may take (default: 5m, with --target 15m)', parseDuration)
    .option(
      '--db <path>',
      'where the store of the drill is made, and left; with --target the store of that executor, which is opened ' +
        'read-only in the end to check its audit (default: a temporary one; with --target none)',
      parseDb,
    )
    .option('--json', 'print one JSON object a line instead of text')
    .action(drill);
  command.addHelpText(
    'after',
    '\nWith --target the flags of the policy tell what that executor was started with, and it is compared with them.',
  );
  addPolicyOptions(command, { '--open-timeout': '3s, with --mode hang 10s; with --target 60s' });
}

async function drill(options: DrillOptions, command: Command): Promise<void> {
  const { createDrillReport } = await import('../drill/report.ts');
  const report = createDrillReport(standardOutput(), { json: options.json ?? false });
  if (options.target === undefined) return drillOwn(options, command, report);
  return drillTarget({ ...options, target: options.target }, report);
}

async function drillOwn(options: DrillOptions, command: Command, report: DrillReport): Promise<void> {
  const [{ runOwnDrill }, { leastPayouts }, { commonOptions }] = await Promise.all([
    import('../drill/own-drill.ts'),
    import('../drill/payouts.ts'),
    import('../live/run-live.ts'),
  ]);
  const { mode, payouts, db } = options;
  const policy = resolvePolicy({ openTimeoutMs: OPEN_TIMEOUT_MS[mode], ...policyFrom(options) });
  const least = leastPayouts(policy);
  if (payouts < least) {
    command.error(
      `error: --payouts must be at least ${least}, so that enough of them fail to open the breaker, and enough is left for the probes that close it`,
    );
  }
  await runOwnDrill({
    ...commonOptions({ warn: (message) => process.stderr.write(`treasury: ${printable(message)}\n`) }),
    ...{ report, stop: stopOnSignal().signal, policy, mode, payouts, db },
    timeoutMs: options.timeout ?? TIMEOUT_MS.own,
  });
}

async function drillTarget(
  options: DrillOptions & { readonly target: string },
  report: DrillReport,
): Promise<void> {
  const { runTargetDrill } = await import('../drill/target-drill.ts');
  const { target, db } = options;
  await runTargetDrill({
    ...{ report, stop: stopOnSignal().signal, policy: resolvePolicy(policyFrom(options)), target, db },
    timeoutMs: options.timeout ?? TIMEOUT_MS.target,
  });
}
