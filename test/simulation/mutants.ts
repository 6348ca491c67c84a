import { mutate } from '../mutants/trial.ts';

/** Text that has to be in a shipped file exactly once, and what it must never be. */
interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A treasury that breaks a promise, which the simulation has to notice. */
export interface SimulationMutant {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** Within these seeds, which the code as it is passes, each has to be found. */
export const MUTANT_SEEDS = { from: 851, count: 100 } as const;

/** The source of a file as the mutant has it. */
export const mutated = ({ title, edits }: SimulationMutant, path: string, source: string): string =>
  edits
    .filter(({ file }) => path.endsWith(`/${file}`))
    .reduce((text, edit) => mutate(text, { title, harm: '', tests: [], ...edit }), source);

const CHANGES = 'src/store/changes.ts';
const PAYMENT = 'src/executor/payment-actors.ts';
const GUARDS = 'machines/executor-guards.ts';
const CLASSIFY = 'src/chain/classify.ts';

/** What an executor that somebody wrote in a hurry would do. */
export const SIMULATION_MUTANTS: readonly SimulationMutant[] = [
  {
    title: 'naive retry with a new nonce',
    edits: [
      {
        file: 'machines/disbursement.ts',
        find: `planBackoff'] },
          { target: 'resting', actions: ['noteSubmission', 'reportRest'] },`,
        replace: `planBackoff'] },
          { target: 'recording', actions: ['noteSubmission', 'planRetry'] },`,
      },
      {
        file: 'machines/disbursement-setup.ts',
        find: `    planSubmitted: vocabulary`,
        replace: `    planRetry: vocabulary.assign({ change: { to: 'queued', reason: null } }),
    planSubmitted: vocabulary`,
      },
      {
        file: CHANGES,
        find: `{ status: to, updated_at: now, gap, ...update }`,
        replace: `{ status: to, updated_at: now, gap, ...update, ...(to === 'queued' && { nonce: null }) }`,
      },
    ],
  },
  {
    title: 'persist after submit',
    edits: [
      {
        file: PAYMENT,
        find: `          if (isFirst) await store.stage(`,
        replace: `          await config.submitter(intent, { signal: new AbortController().signal }).catch(() => {});
          if (isFirst) await store.stage(`,
      },
    ],
  },
  {
    title: 'no fence check',
    edits: [
      {
        file: 'src/store/lease.ts',
        find: `if (held === undefined) throw new LeaseLostError();`,
        replace: ``,
      },
    ],
  },
  {
    title: 'no look-up',
    edits: [
      {
        file: PAYMENT,
        find: `for (const intent of row.intents) {`,
        replace: `for (const intent of row.intents.slice(0, 0)) {`,
      },
    ],
  },
  {
    title: 'code-only classification',
    edits: [
      { file: CLASSIFY, find: `if (fault.says(ALREADY_KNOWN))`, replace: `if (fault.code === -32000)` },
      { file: CLASSIFY, find: `if (fault.says(INSUFFICIENT_FUNDS))`, replace: `if (fault.code === -32003)` },
    ],
  },
  {
    title: 'cancel after an unknown outcome',
    edits: [
      {
        file: 'machines/disbursement-setup.ts',
        find: `      context.isUntried &&
      context.row.status === 'staged' &&`,
        replace: ``,
      },
    ],
  },
  {
    title: 'slot not freed',
    edits: [
      {
        file: 'machines/breaker-setup.ts',
        find: `      enqueue.cancel(freed.timer);
      enqueue.assign({ probes, probesInFlight: probes.length });`,
        replace: `      if (probes.length < 0) enqueue.cancel(freed.timer);`,
      },
    ],
  },
  {
    title: 'look-ups stopped while OPEN',
    edits: [
      {
        file: GUARDS,
        find: `context.toSettle.length > 0 &&`,
        replace: `context.toSettle.length > 0 && context.breaker?.state !== 'OPEN' &&`,
      },
    ],
  },
  {
    title: 'requeue without M5',
    edits: [
      { file: CHANGES, find: `if (gap === 1) return MAY_BE_MINED;`, replace: `` },
      {
        file: CHANGES,
        find: `if (status === 'deadLetter' || status === 'cancelled') return undefined;`,
        replace: `if (status !== 'queued') return undefined;`,
      },
    ],
  },
  {
    title: 'a storage fault does not end the executor',
    edits: [
      {
        file: 'machines/faults.ts',
        find: `isStorageFault(error) || isConfigurationFault(error);`,
        replace: `isConfigurationFault(error);`,
      },
    ],
  },
  {
    title: 'the breaker is not asked within a batch',
    edits: [
      {
        file: GUARDS,
        find: `    !context.breaker?.admits &&`,
        replace: `    context.breaker === undefined &&`,
      },
      {
        file: PAYMENT,
        find: `if (permit === undefined) return Promise.resolve({ permit });`,
        replace: ``,
      },
      {
        file: GUARDS,
        find: `if (breaker === undefined || !breaker.admits) return 0;`,
        replace: `if (breaker === undefined) return 0;`,
      },
      {
        file: PAYMENT,
        find: `return { permit };`,
        replace: `return { permit: permit ?? { id: '', generation: -1 } };`,
      },
      {
        file: PAYMENT,
        find: `return { permit, error };`,
        replace: `return { permit: permit ?? { id: '', generation: -1 }, error };`,
      },
    ],
  },
  {
    title: 'an old backup is taken for the store',
    edits: [
      {
        file: 'src/executor/nonce-guard.ts',
        find: `if (chain <= known) return;`,
        replace: `if (chain >= 0) return;`,
      },
    ],
  },
  {
    title: 'final with the first block',
    edits: [
      {
        file: 'machines/disbursement-setup.ts',
        find: `verdict(event).status === 'executed' && verdict(event).confirmations >= context.confirmations,`,
        replace: `verdict(event).status === 'executed',`,
      },
    ],
  },
];
