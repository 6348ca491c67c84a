import type { ExecutorProcess, Mischief } from './executor-process.ts';
import type { Fate } from './network.ts';
import { Random } from './random.ts';
import { plainRow } from './rows.ts';
import type { Settings } from './settings.ts';
import type { Scenario } from './simulation.ts';
import type { InjectedFault } from './store-tap.ts';

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

/** What can happen at a call. */
export const SCRIPTED_FAULTS = ['crash', 'IOERR before', 'IOERR after'] as const;

/**
 * What happens to one process. `call` counts from 1: for a crash what the process asks of store and nodes, before and after
 * it is done; for a fault of the store its calls.
 */
export interface ScriptedFault {
  readonly process: string;
  readonly call: number;
  readonly kind: (typeof SCRIPTED_FAULTS)[number];
}

/** One run of the enumeration: who dies at which of its calls, and how the first two submissions end. */
export interface Script {
  /** `undefined`: all is well. */
  readonly fault: ScriptedFault | undefined;
  readonly outcomes: readonly SubmissionOutcome[];
}

/** For the command line: `p1@33 crash: accepted, 503`. */
export const textOf = ({ fault, outcomes }: Script): string =>
  `${fault === undefined ? 'nothing' : `${fault.process}@${fault.call} ${fault.kind}`}: ${outcomes.join(', ')}`;

/** @throws RangeError for what {@link textOf} does not give */
export function parseScript(text: string): Script {
  const [what = '', outcomes = ''] = text.split(': ');
  return {
    fault: parseFault(what),
    outcomes: outcomes.split(', ').map((name) => oneOf(SUBMISSION_OUTCOMES, name)),
  };
}

function parseFault(text: string): ScriptedFault | undefined {
  if (text === 'nothing') return undefined;
  const [, process = '', call, kind = ''] = /^(\w+)@(\d+) (.*)$/.exec(text) ?? [];
  return { process, call: Number(call), kind: oneOf(SCRIPTED_FAULTS, kind) };
}

function oneOf<Name extends string>(names: readonly Name[], text: string): Name {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new RangeError(`there is no "${text}"; there are ${names.join(', ')}`);
  return found;
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
  /** Calls of the process that something is to happen to, as its fault counts them. */
  calls = 0;
  readonly #script: Script;
  #submissions = 0;

  constructor(script: Script) {
    this.#script = script;
  }

  crashesAt({ name }: ExecutorProcess): boolean {
    return this.#script.fault?.kind === 'crash' && this.#isDue(name);
  }

  storeFaultOf(process: string): InjectedFault | undefined {
    const kind = this.#script.fault?.kind;
    if (kind === undefined || kind === 'crash') return undefined;
    return this.#isDue(process) ? kind : undefined;
  }

  #isDue(process: string): boolean {
    const { fault } = this.#script;
    if (fault?.process !== process) return false;
    this.calls += 1;
    return this.calls === fault.call;
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
  /** How many calls the process made that something was to happen to. */
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
