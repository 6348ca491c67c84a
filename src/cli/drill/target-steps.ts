import type { CircuitBreakerPolicy } from '../../../machines/index.ts';
import { lookAtStore } from '../open-store.ts';
import {
  breakerEvidence,
  changeEvidence,
  doubtEvidence,
  quietEvidence,
  rowEvidence,
  submissionEvidence,
} from './evidence.ts';
import type { ExecutorClient } from './executor-client.ts';
import { judgeBacklog } from './judge-backlog.ts';
import {
  judgeClosed,
  judgeOpening,
  judgeQuiet,
  judgeRecovery,
  openErasOf,
  type Problems,
  quietOf,
} from './judge-breaker.ts';
import { judgeAudit } from './judge-payments.ts';
import { METRIC, type Reading, seen } from './reading.ts';
import { type DrillStep, type Evidence, type Finding, listed } from './steps.ts';
import type { TargetWatch } from './target-watch.ts';
import { closingTitle, openingTitle } from './titles.ts';
import { type Limits, until } from './until.ts';

/** Ticks that are watched while it is OPEN, before the RPC may be mended. */
const QUIET_TICKS = 3;

/** A drill that watches a running executor, and sends it nothing but GETs. */
export interface TargetDrill {
  readonly client: ExecutorClient;
  readonly watch: TargetWatch;
  readonly limits: Limits;
  /** What the executor was started with. */
  readonly policy: CircuitBreakerPolicy;
  /** Its store. */
  readonly db: string | undefined;
}

/** Readings that later steps compare with. */
interface Notes {
  before: Reading | undefined;
  opened: Reading | undefined;
}

type Run = (drill: TargetDrill, notes: Notes) => Promise<Finding>;

export const MEND = 'mend the RPC now (treasury dev: press the same key again)';
const BREAK =
  'break the RPC of this executor now: cut it off from its endpoint (treasury dev: press o), while payments are due';

/** The steps, in their order. */
export function targetSteps(drill: TargetDrill): readonly DrillStep[] {
  const notes: Notes = { before: undefined, opened: undefined };
  const step = (
    name: string,
    needs: readonly string[],
    title: string,
    run: Run,
    todo?: string,
  ): DrillStep => ({
    ...{ name, needs, title },
    ...(todo !== undefined && { todo }),
    run: () => run(drill, notes),
  });
  return [
    step('before', [], 'it is ready, the breaker is CLOSED', lookBefore),
    step('open', ['before'], openingTitle(drill.policy), open, BREAK),
    step('quiet', ['open'], 'nothing is submitted while it is OPEN', stayQuiet),
    step('closed', ['open'], `HALF_OPEN, and ${closingTitle(drill.policy)}`, close, MEND),
    step('paid', ['closed'], 'what was held up is paid', settle),
    ...(drill.db === undefined ? [] : [step('audit', ['paid'], 'the audit explains every row', audit)]),
  ];
}

/** Looks again and again until a reading is the one that is waited for. */
async function lookUntil(
  { watch }: TargetDrill,
  holds: (reading: Reading) => boolean,
): Promise<{ readonly reading: Reading; readonly missed: string | undefined }> {
  let reading: Reading | undefined;
  const missed = await until(watch, async () => {
    reading = await watch.look();
    return reading !== undefined && holds(reading);
  });
  return { reading: seen(reading), missed };
}

const backlogEvidence = (reading: Reading): Evidence => ({
  ...rowEvidence(reading.disbursements ?? {}),
  [METRIC.stagedIntents]: reading.stagedIntents ?? null,
  ...doubtEvidence(reading),
});

const lookBefore: Run = async (drill, notes) => {
  const { reading, missed } = await lookUntil(drill, ({ lastTickAt }) => lastTickAt !== undefined);
  const unready = await drill.client.unreadyReasons(drill.limits.signal);
  notes.before = reading;
  const problems = [
    ...listed(missed),
    ...judgeClosed(reading),
    ...unready.map((reason) => `/readyz: ${reason}`),
    ...(reading.leaseHeld === 1
      ? []
      : ['it does not hold the lease, so that its breaker is not in use: name the executor that pays']),
  ];
  return {
    evidence: {
      ...breakerEvidence(reading),
      [METRIC.leaseHeld]: reading.leaseHeld ?? null,
      ...backlogEvidence(reading),
    },
    problems,
    isReached: problems.length === 0,
  };
};

const open: Run = async (drill, notes) => {
  const before = seen(notes.before);
  const { failureThreshold } = drill.policy;
  const { reading, missed } = await lookUntil(
    drill,
    // More failures than that, and still CLOSED, or isolated by somebody: it will not open any more.
    ({ breaker }) =>
      breaker.state === 'OPEN' || breaker.state === 'ISOLATED' || breaker.failures > failureThreshold,
  );
  notes.opened = reading;
  return {
    evidence: {
      ...breakerEvidence(reading),
      ...changeEvidence(before, reading),
      ...submissionEvidence(reading),
    },
    problems: [...listed(missed), ...judgeOpening(before, reading, drill.policy)],
    isReached: reading.breaker.state === 'OPEN',
  };
};

const stayQuiet: Run = async (drill, notes) => {
  const { watch } = drill;
  const { generation } = seen(notes.opened).breaker;
  const era = () => openErasOf(watch.readings.filter(({ breaker }) => breaker.generation === generation))[0];
  const { reading, missed } = await lookUntil(
    drill,
    ({ breaker }) => breaker.generation !== generation || quietOf(era() ?? []).ticks >= QUIET_TICKS,
  );
  const quiet = quietOf(era() ?? []);
  return {
    evidence: { ...quietEvidence(quiet), ...backlogEvidence(reading) },
    problems: [...listed(missed), ...judgeQuiet(quiet)],
  };
};

/** Each further OPEN state was as quiet as the first. A short one may have met no tick. */
const judgeLaterEras = (readings: readonly Reading[], generation: number): Problems =>
  openErasOf(readings.filter(({ breaker }) => breaker.generation > generation))
    .map(quietOf)
    .filter(({ ticks }) => ticks > 0)
    .flatMap(judgeQuiet);

const close: Run = async (drill, notes) => {
  const opened = seen(notes.opened);
  const { reading, missed } = await lookUntil(drill, ({ breaker }) => breaker.state === 'CLOSED');
  return {
    evidence: {
      ...breakerEvidence(reading),
      ...changeEvidence(opened, reading),
      ...submissionEvidence(reading),
    },
    problems: [
      ...listed(missed),
      ...judgeRecovery(opened, reading),
      ...judgeLaterEras(drill.watch.readings, opened.breaker.generation),
    ],
    isReached: missed === undefined,
  };
};

const settle: Run = async (drill, notes) => {
  const [before, opened] = [seen(notes.before), seen(notes.opened)];
  const { reading, missed } = await lookUntil(
    drill,
    (each) => judgeBacklog(before, opened, each).length === 0,
  );
  return {
    evidence: backlogEvidence(reading),
    problems: [...listed(missed), ...judgeBacklog(before, opened, reading)],
    isReached: missed === undefined,
  };
};

const audit: Run = async ({ db = '' }) => {
  const look = await lookAtStore(db);
  try {
    if (look.missingMigrations.length > 0) {
      throw new Error('the store is of an older version: check it with the treasury audit of that version');
    }
    const check = await look.store.checkAudit();
    return {
      evidence: {
        'rows in the audit': check.rows,
        'changes in the audit': check.changes,
        'faults in the audit': check.faultCount,
      },
      problems: judgeAudit(check),
    };
  } finally {
    await look.close();
  }
};
