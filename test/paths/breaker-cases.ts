import type { SnapshotFrom } from 'xstate';
import type {
  BreakerEvent,
  BreakerMemory,
  BreakerOutcome,
  CircuitBreakerConfig,
  circuitBreakerMachine,
} from '../../machines/index.ts';
import { CLOSED_AND_NEW, type Facts } from './contract-table.ts';

type Snapshot = SnapshotFrom<typeof circuitBreakerMachine>;

/** A breaker to explore: how it is made, and what the contract says it begins with. */
export interface Variant {
  readonly title: string;
  readonly policy: CircuitBreakerConfig;
  readonly memory?: BreakerMemory;
  readonly begins: Facts;
}

const fresh = (title: string, policy: CircuitBreakerConfig): Variant => ({
  title,
  policy,
  begins: CLOSED_AND_NEW,
});

export const NEW_BREAKERS: readonly Variant[] = [
  fresh('thresholds (1,1)', { failureThreshold: 1, successThreshold: 1 }),
  fresh('thresholds (2,2)', { failureThreshold: 2, successThreshold: 2 }),
  fresh('thresholds (3,2)', { failureThreshold: 3, successThreshold: 2 }),
  fresh('thresholds (5,2)', { failureThreshold: 5, successThreshold: 2 }),
  fresh('two probes', { failureThreshold: 2, successThreshold: 2, halfOpenMaxProbes: 2 }),
  fresh('backoff', {
    failureThreshold: 1,
    successThreshold: 1,
    openBackoff: { factor: 2, maxMs: 150_000 },
  }),
];

const WINDOW = 300_000;
const OPEN_TIMEOUT = 60_000;
const policy = { failureThreshold: 3, successThreshold: 2 };
const memory: BreakerMemory = {
  state: 'CLOSED',
  failures: 0,
  generation: 7,
  openings: 0,
  failuresLeftMs: [],
  openLengthMs: OPEN_TIMEOUT,
  openLeftMs: 0,
};

export const RESTORED_BREAKERS: readonly Variant[] = [
  {
    title: 'restored CLOSED with two failures',
    policy,
    memory: { ...memory, failures: 2, failuresLeftMs: [1_000, 90_000] },
    begins: { ...CLOSED_AND_NEW, failuresAt: [1_000 - WINDOW, 90_000 - WINDOW], generation: 7 },
  },
  {
    title: 'restored CLOSED with a backoff',
    policy: { failureThreshold: 1, openBackoff: { factor: 2 } },
    memory: { ...memory, openings: 2 },
    begins: { ...CLOSED_AND_NEW, generation: 7, openings: 2 },
  },
  {
    title: 'restored OPEN with time left',
    policy,
    memory: { ...memory, state: 'OPEN', failures: 3, openings: 1, openLeftMs: 25_000 },
    begins: {
      ...CLOSED_AND_NEW,
      state: 'OPEN',
      failuresAt: [0, 0, 0],
      generation: 7,
      openings: 1,
      enteredAt: 25_000 - OPEN_TIMEOUT,
    },
  },
  {
    title: 'restored OPEN that is due',
    policy,
    memory: { ...memory, state: 'OPEN', failures: 3, openings: 1, openLeftMs: 0 },
    begins: {
      ...CLOSED_AND_NEW,
      state: 'OPEN',
      failuresAt: [0, 0, 0],
      generation: 7,
      openings: 1,
      enteredAt: -OPEN_TIMEOUT,
    },
  },
  {
    title: 'restored ISOLATED',
    policy,
    memory: { ...memory, state: 'ISOLATED', failures: 1 },
    begins: { ...CLOSED_AND_NEW, state: 'ISOLATED', failuresAt: [0], generation: 7 },
  },
];

const OUTCOMES: readonly BreakerOutcome[] = ['SUCCESS', 'FAILURE', 'STORAGE_FATAL', 'CANCELLED'];

/**
 * What can come in a state: each outcome bare, with the current, an older and a newer generation, with each permit that
 * is out and with one that is not. Events of the chart that are not listed here are tried bare.
 */
export function eventsIn({ context: { generation, probes } }: Snapshot): BreakerEvent[] {
  const out = [...new Set(probes.map(({ id }) => id))].filter((id) => id !== undefined);
  const outcomes = OUTCOMES.flatMap((type) => [
    { type },
    { type, generation },
    { type, generation: generation - 1 },
    { type, generation: generation + 1 },
    { type, permit: 'unknown' },
    { type, generation, permit: 'unknown' },
    ...out.flatMap((permit) => [
      { type, permit },
      { type, generation, permit },
      { type, generation: generation - 1, permit },
    ]),
  ]);
  const next = ['p1', 'p2', 'p3'].find((id) => !out.includes(id));
  return [
    ...outcomes,
    { type: 'PERMIT' },
    { type: 'PERMIT', id: next },
    { type: 'ISOLATE' },
    { type: 'ISOLATE', reason: 'drill', by: 'operator' },
    { type: 'RESET' },
    { type: 'RESET', reason: 'drill over', by: 'operator' },
  ];
}

/** A breaker's state for the graph. The generation knows no bound; the number of openings matters up to the cap. */
export function stateOf({ value, context }: Snapshot): string {
  const { failures, successes, probes, probesInFlight, openings, policy } = context;
  const slots = probes.map(({ id }) => (id === undefined ? 'anonymous' : 'permit')).join('+');
  const backoff = policy.openBackoff.factor > 1 ? `o${Math.min(openings, 4)}` : '';
  return `${value} f${failures} s${successes} p${probesInFlight} ${slots} ${backoff}`;
}
