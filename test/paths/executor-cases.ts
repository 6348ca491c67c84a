import type { ExecutorEvent, ExecutorSettings } from '../../machines/index.ts';
import { actorDone, actorFailed, type ExploreOptions } from '../../src/testing/index.ts';
import { ERRORS } from './errors.ts';
import {
  beginAnswer,
  endAnswer,
  type fakedExecutor,
  type Orders,
  ordersOut,
  type PathEvent,
  ROWS,
  type RowId,
  rowOf,
  type Snapshot,
  signed,
  unaskedBy,
} from './executor-events.ts';
import { lookAt, type Sight, viewOf } from './faked-breaker.ts';
import { ANSWERS, type AnswerName, answerOf, LATE_ANSWERS } from './faked-payments.ts';

type Options = ExploreOptions<typeof fakedExecutor, Orders>;

/** What an executor meets: its rows, what its payments answer and its breaker shows, and what disturbs it. */
export interface ExecutorVariant {
  readonly title: string;
  readonly settings: ExecutorSettings;
  readonly probes: number;
  readonly inFlight: readonly RowId[];
  readonly ready: readonly RowId[];
  readonly answers: readonly AnswerName[];
  readonly sights: readonly Sight[];
  /** Beside what is needed for the tick to go on. */
  readonly disturbances: readonly PathEvent[];
}

const SETTINGS: ExecutorSettings = {
  pollIntervalMs: 1_000,
  leaseTtlMs: 60_000,
  batchSize: 7,
  maxInFlight: 1,
  maxUnmined: 9,
  confirmations: 2,
  maxAttempts: 3,
  onInsufficientFunds: 'cancel',
};

const ALL_ANSWERS = Object.keys(ANSWERS) as AnswerName[];
const LEASE = { owner: 'me', fence: 1 };
const NEXT_NONCE = 10;

const lifecycle: readonly PathEvent[] = [{ type: 'START' }, { type: 'TICK' }, { type: 'STOP' }];
const faults: readonly PathEvent[] = [
  { type: 'FAULT', error: ERRORS.storage },
  { type: 'FAULT', error: ERRORS.outage },
];
const leaseTrouble: readonly PathEvent[] = [
  actorDone('renewLease', undefined),
  actorDone('renewLease', { owner: 'me', fence: 2 }),
  actorFailed('renewLease', ERRORS.storage),
];
const portTrouble: readonly PathEvent[] = [
  actorDone('acquireLease', { owner: 'me', fence: 2 }),
  actorDone('acquireLease', undefined),
  actorFailed('acquireLease', ERRORS.storage),
  actorFailed('restoreBreaker', ERRORS.storage),
  actorFailed('restoreBreaker', ERRORS.outage),
  actorFailed('applyControl', ERRORS.storage),
  actorFailed('applyControl', ERRORS.leaseLost),
  actorDone('readEpoch', { epoch: 5, error: ERRORS.outage }),
  actorFailed('readEpoch', ERRORS.storage),
  actorFailed('readEpoch', ERRORS.leaseLost),
  actorFailed('loadInFlight', ERRORS.storage),
  actorDone('loadReady', { rows: [], nextNonce: NEXT_NONCE, error: ERRORS.outage }),
  actorFailed('loadReady', ERRORS.configuration),
] as readonly PathEvent[];

const plain = {
  settings: SETTINGS,
  probes: 1,
  inFlight: [],
  ready: [],
  answers: ALL_ANSWERS,
  sights: ['CLOSED', 'OPEN'],
  disturbances: [],
} as const satisfies Omit<ExecutorVariant, 'title'>;

const FEW: readonly AnswerName[] = [
  'mined',
  'unknown',
  'staged',
  'signer down',
  'accepted',
  'outage',
  'no permit',
];

/** One answer for each end of a state: of two that end alike only one is walked on from. */
const LATE: readonly AnswerName[] = ['overdue', 'bumped', 'known and mined'];

export const EXECUTORS: readonly ExecutorVariant[] = [
  { ...plain, title: 'nothing to do', sights: ['CLOSED'], disturbances: [...lifecycle, ...portTrouble] },
  {
    ...plain,
    title: 'nothing to do, and faults beside it',
    sights: ['CLOSED'],
    disturbances: [...lifecycle, ...faults, ...leaseTrouble],
  },
  {
    ...plain,
    title: 'one row in flight',
    inFlight: ['a'],
    disturbances: [{ type: 'STOP' }, ...faults.slice(0, 1), ...leaseTrouble],
  },
  {
    ...plain,
    title: 'one row in flight, started and stopped',
    inFlight: ['a'],
    answers: ['mined', 'unknown', 'accepted'],
    sights: ['CLOSED'],
    disturbances: [{ type: 'START' }, { type: 'STOP' }],
  },
  { ...plain, title: 'one row to pay', ready: ['c'], disturbances: [{ type: 'STOP' }, ...leaseTrouble] },
  {
    ...plain,
    title: 'one row to pay, seen by every kind of breaker',
    ready: ['c'],
    answers: FEW,
    sights: ['CLOSED', 'OPEN', 'HALF_OPEN, free', 'HALF_OPEN, full', 'ISOLATED'],
    disturbances: [{ type: 'STOP' }, ...faults],
  },
  {
    ...plain,
    title: 'two rows to pay, one at a time',
    ready: ['c', 'd'],
    disturbances: [{ type: 'STOP' }],
  },
  {
    ...plain,
    title: 'two rows to pay, two at once',
    settings: { ...SETTINGS, maxInFlight: 2 },
    ready: ['c', 'd'],
    answers: FEW,
    sights: ['CLOSED', 'OPEN', 'HALF_OPEN, free', 'HALF_OPEN, full'],
  },
  {
    ...plain,
    title: 'two rows to pay, two probes',
    settings: { ...SETTINGS, maxInFlight: 3 },
    probes: 2,
    ready: ['c', 'd'],
    answers: FEW,
    sights: ['HALF_OPEN, free', 'HALF_OPEN, full', 'OPEN'],
  },
  {
    ...plain,
    title: 'two rows in flight, one look-up at a time',
    inFlight: ['a', 'b'],
    sights: ['CLOSED'],
  },
  {
    ...plain,
    title: 'two rows in flight and one to pay, one nonce free',
    settings: { ...SETTINGS, maxInFlight: 2, maxUnmined: 2 },
    inFlight: ['a', 'b'],
    ready: ['c'],
    answers: FEW,
    disturbances: [{ type: 'TICK' }],
  },
  {
    ...plain,
    title: 'two rows in flight that may be overdue, and one to pay',
    settings: { ...SETTINGS, maxInFlight: 2 },
    inFlight: ['a', 'b'],
    ready: ['c'],
    answers: [...LATE, 'old, and never taken', 'staged'],
    sights: ['CLOSED', 'HALF_OPEN, free'],
  },
  {
    ...plain,
    title: 'two rows in flight that may be overdue, and unknown',
    settings: { ...SETTINGS, maxInFlight: 2 },
    inFlight: ['a', 'b'],
    answers: [
      ...([...LATE, 'unknown', 'overdue and unknown'] as const),
      ...(['not bumped, not to be found', 'known, not to be found, and overdue'] as const),
    ],
    sights: ['CLOSED'],
  },
  {
    ...plain,
    title: 'one row in flight that is given up',
    inFlight: ['a'],
    answers: Object.keys(LATE_ANSWERS) as AnswerName[],
    sights: ['CLOSED', 'OPEN', 'HALF_OPEN, free'],
  },
  {
    ...plain,
    title: 'two rows in flight that may be given up, and one to pay, one slot',
    inFlight: ['a', 'b'],
    ready: ['c'],
    answers: [...(['cancelled, to be filled', 'unknown', 'filled', 'fill accepted'] as const), 'staged'],
    sights: ['CLOSED'],
  },
  {
    ...plain,
    title: 'a row in flight that is given up while two are made ready',
    settings: { ...SETTINGS, maxInFlight: 2 },
    inFlight: ['a'],
    ready: ['c', 'd'],
    answers: ['unknown', 'given up', 'filled', 'staged'],
    sights: ['CLOSED'],
  },
  {
    ...plain,
    title: 'a row that may never have been sent',
    inFlight: ['a'],
    answers: [
      ...(['unknown, and never sent', 'no permit, and never sent', 'accepted'] as const),
      'refused by node, and by all before',
    ],
    sights: ['CLOSED'],
    disturbances: [
      ...leaseTrouble.slice(0, 1),
      actorDone('acquireLease', { owner: 'me', fence: 2 }) as PathEvent,
      actorDone('acquireLease', undefined) as PathEvent,
    ],
  },
];

const ends = (probes: number, { inFlight, ready }: ExecutorVariant): readonly PathEvent[] =>
  [
    actorDone('acquireLease', LEASE),
    actorDone('renewLease', LEASE),
    actorDone('releaseLease', undefined),
    actorDone('restoreBreaker', VIEWS[probes]),
    actorDone('applyControl', undefined),
    actorDone('readEpoch', { epoch: 5, error: undefined }),
    actorDone('loadInFlight', inFlight.map(rowOf)),
    actorDone('loadReady', { rows: ready.map(rowOf), nextNonce: NEXT_NONCE, error: undefined }),
  ] as readonly PathEvent[];

const VIEWS = [viewOf(0), viewOf(1), viewOf(2)];

/** Each answer that the payments with an order out can begin with now. */
function answersIn(context: Snapshot['context'], { out }: Orders, { answers, sights }: ExecutorVariant) {
  return Object.entries(out).flatMap(([from, order]) => {
    const possible = answers.filter((name) => {
      const { isSigned = false, order: answered } = answerOf(name);
      return isSigned ? order === `${answered} SIGNED` : order === answered;
    });
    const begun = possible.flatMap((name) => sights.map((sees) => beginAnswer(from, name, sees, context)));
    if (order === 'BUMP' || order === 'FILL')
      return [...begun, signed(from, ROWS[from.replace('payment:', '') as RowId])];
    return order === 'PAY' ? [...begun, signed(from, context.nextNonce)] : begun;
  });
}

function eventsFor(variant: ExecutorVariant): Extract<Options['events'], (...args: never) => unknown> {
  const always = [...ends(variant.probes, variant), ...variant.disturbances];
  // A tick must begin somehow, and the breaker is seen first when the rows are there.
  const begins: PathEvent[] = [{ type: 'TICK' }];
  const others = always.filter(({ type }) => type !== 'xstate.done.actor.loadReady');
  const loaded = always
    .filter(({ type }) => type === 'xstate.done.actor.loadReady')
    .flatMap((event) => variant.sights.map((sees): PathEvent => ({ ...event, sees })));
  const rows = [...variant.inFlight, ...variant.ready];
  // A stranger's words, and those of rows of our own that were given no order, or have answered it.
  const unasked = ({ out }: Orders) =>
    ['z', ...rows.filter((id) => out[`payment:${id}`] === undefined)].flatMap(unaskedBy);
  return (snapshot, orders) => {
    if (orders.ending !== undefined) {
      const { from, answer } = orders.ending;
      return variant.sights.map((sees) => endAnswer(from, answer, sees, snapshot.context));
    }
    const isTickGiven = variant.disturbances.some(({ type }) => type === 'TICK');
    return [
      ...(isTickGiven || !snapshot.matches('idle') ? [] : begins),
      ...others,
      ...loaded,
      ...unasked(orders),
      ...answersIn(snapshot.context, orders, variant),
    ];
  };
}

const GIVEN: readonly string[] = [
  ...['START', 'TICK', 'STOP', 'FAULT', 'SIGNED', 'OUTCOME', 'RESTED'],
  ...['xstate.done.actor.renewLease', 'xstate.error.actor.renewLease'],
];

function serializeState({ value, context: c }: Snapshot): string {
  const flags = [c.isPolling, c.isStopping, c.isLeaseLost, c.fault?.message];
  const known = [c.lease?.fence, c.breaker !== undefined, c.isEpochKnown];
  const lists = [c.toSettle, c.toSubmit, c.toBump, c.toFill, c.toSign, c.unmined.rows];
  const ids = lists.map((list) => list.map(({ id }) => id));
  // Rows that are paid are not loaded again here: what is known of them is compared, and makes no other state.
  const untried = c.untried.filter((id) => ROWS[id as RowId] < NEXT_NONCE);
  return JSON.stringify([value, flags, known, ids, untried, c.ordersOut]);
}

function describeEvent(event: PathEvent): string {
  const { type, from, answer, sees } = event;
  const seen = sees === undefined || sees === 'CLOSED' ? '' : `, sees ${sees}`;
  const payment = from?.replace('payment:', '');
  if (answer !== undefined) return `${payment} ${type === 'RESTED' ? 'rests' : 'tells'}: ${answer}${seen}`;
  if (payment === undefined && type === 'SIGNED') return `${event.intent.disbursementId} unasked: SIGNED`;
  if (payment === undefined && 'id' in event) return `${event.id} unasked: ${type}`;
  if (type === 'SIGNED') return `${payment} signed`;
  if (type === 'FAULT') return `FAULT: ${event.error.message}`;
  const [, how, port] = /^xstate\.(done|error)\.actor\.(.*)$/.exec(type) ?? [];
  if (how === undefined) return type;
  if (how === 'error') return `${port} fails: ${'error' in event ? event.error?.message : ''}`;
  return `${port} gives ${'output' in event ? outputText(event.output) : 'nothing'}${seen}`;
}

function outputText(output: Extract<ExecutorEvent, { output: unknown }>['output']): string {
  if (output === undefined) return 'nothing';
  if ('fence' in output) return `fence ${output.fence}`;
  if ('admits' in output) return 'a breaker';
  if (Array.isArray(output)) return `[${output.map(({ id }) => id).join()}]`;
  const error = 'error' in output && output.error !== undefined ? ` beside "${output.error.message}"` : '';
  if ('epoch' in output) return `epoch ${output.epoch}${error}`;
  return 'rows' in output ? `[${output.rows.map(({ id }) => id).join()}]${error}` : '';
}

/** What replaying an executor needs to know. */
export const executorWalk = {
  serializeState,
  world: ordersOut,
  prepare: (event: ExecutorEvent) => lookAt((event as PathEvent).sees ?? 'CLOSED'),
  sender: (event: ExecutorEvent) => (event as PathEvent).from,
} satisfies Options;

export const executorOptions = (variant: ExecutorVariant): Options => ({
  ...executorWalk,
  input: { settings: variant.settings },
  events: eventsFor(variant),
  onlyGiven: GIVEN,
  describeEvent,
  limit: 10_000,
});
