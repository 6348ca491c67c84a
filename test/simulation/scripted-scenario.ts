import type { ExecutorProcess, Mischief } from './executor-process.ts';
import type { Fate } from './network.ts';
import { Random } from './random.ts';
import { plainRow } from './rows.ts';
import type { Settings } from './settings.ts';
import type { Scenario } from './simulation.ts';

/** What a node says to a submission, or does not. */
export const SUBMISSION_OUTCOMES = [
  'accepted',
  'no reply',
  'reply dropped',
  'refused connection',
  '503',
  'out of money',
  'known already',
  'silently dropped',
] as const;
export type SubmissionOutcome = (typeof SUBMISSION_OUTCOMES)[number];

/** One run of the enumeration: who dies at which of its calls, and how the first two submissions end. */
export interface Script {
  /** `undefined`: nobody dies. `call` counts from 1 what the process asks of store and nodes, before and after it is done. */
  readonly crash: { readonly process: string; readonly call: number } | undefined;
  readonly outcomes: readonly SubmissionOutcome[];
}

/** For the command line: `p1@33 accepted, 503`. */
export const textOf = ({ crash, outcomes }: Script): string =>
  `${crash === undefined ? 'none' : `${crash.process}@${crash.call}`} ${outcomes.join(', ')}`;

/** @throws RangeError for what {@link textOf} does not give */
export function parseScript(text: string): Script {
  const [, who = '', outcomes = ''] = /^(\S+) (.*)$/.exec(text) ?? [];
  const [process = '', call] = who.split('@');
  const named = outcomes.split(', ').map((name) => {
    const outcome = SUBMISSION_OUTCOMES.find((each) => each === name);
    if (outcome === undefined)
      throw new RangeError(`no outcome ${name}; there are ${SUBMISSION_OUTCOMES.join(', ')}`);
    return outcome;
  });
  return { crash: who === 'none' ? undefined : { process, call: Number(call) }, outcomes: named };
}

const FATES: Readonly<Partial<Record<SubmissionOutcome, Fate>>> = {
  'no reply': 'timedOutAfter',
  'reply dropped': 'replyDropped',
  'refused connection': 'refused',
  '503': '503',
  'out of money': 'poor',
  'known already': 'known',
  'silently dropped': 'dropped',
};

const SETTINGS: Settings = {
  executors: 2,
  rpcTimeoutMs: 500,
  epochBlocks: 1_000,
  policy: { failureThreshold: 2, successThreshold: 1, openTimeoutMs: 1_000, probeTimeoutMs: 2_000 },
  executor: {
    pollIntervalMs: 1_000,
    leaseTtlMs: 2_500,
    batchSize: 100,
    maxInFlight: 2,
    maxUnmined: 64,
    submitTimeoutMs: 1_000,
    confirmations: 2,
    maxAttempts: 3,
    bumpAfterMs: 100_000,
    onInsufficientFunds: 'cancel',
  },
};
const LEFT_ALONE_MS = 5_000;

/** Nothing is left to chance, but for what is always there: how long a request takes, and which node it meets. */
class ScriptedMischief implements Mischief {
  readonly telemetry = 'none';
  /** Calls of the process that is to die, before and after each. */
  calls = 0;
  readonly #script: Script;
  #submissions = 0;

  constructor(script: Script) {
    this.#script = script;
  }

  crashesAt(process: ExecutorProcess): boolean {
    const { crash } = this.#script;
    if (process.name !== (crash?.process ?? 'p1')) return false;
    this.calls += 1;
    return this.calls === crash?.call;
  }

  storeFaultOf(): undefined {
    return undefined;
  }

  fateOf(_: string, method: string): Fate {
    if (method !== 'eth_sendRawTransaction') return 'answered';
    const outcome = this.#script.outcomes[this.#submissions];
    this.#submissions += 1;
    return (outcome !== undefined && FATES[outcome]) || 'answered';
  }

  beforeWrite(): void {}
  calmDown(): void {}
}

interface ScriptObserver {
  /** How many calls the process made that was to die, or `p1`. */
  readonly onCalls?: (calls: number) => void;
  /** Each state of rows, breakers and pools that was seen. */
  readonly onState?: (state: string) => void;
}

export function scriptedScenario(script: Script, { onCalls, onState }: ScriptObserver = {}): Scenario {
  const random = new Random('enumerated');
  return {
    settings: SETTINGS,
    temper: {
      blockMs: 1_000,
      flavour: 'anvil',
      poolLimit: 1_000,
      queueLimit: 64,
      silentDrop: 0,
      eviction: 0,
      delay: 0,
      reorganisation: 0,
      confirmations: 2,
      lagMs: 200,
      gossipLoss: 0,
      feeRise: 0,
      balance: 10n ** 20n,
    },
    refusing: new Set(),
    calmAtMs: LEFT_ALONE_MS,
    random,
    closingRow: (ordinal) => plainRow(`z${ordinal}`, 1_000 + ordinal),
    begin: (simulation) => {
      const mischief = new ScriptedMischief(script);
      simulation.checker.onState = onState;
      simulation.time.schedule(0, () => simulation.operator.import([plainRow('a', 1), plainRow('b', 2)]));
      simulation.time.schedule(LEFT_ALONE_MS, () => onCalls?.(mischief.calls));
      return mischief;
    },
  };
}
