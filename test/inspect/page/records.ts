import type {
  ActorPicture,
  EventRecord,
  FeedRecord,
  Hello,
  MachinePicture,
  StateChangeView,
} from '../../../src/inspect/protocol.ts';

/** Verbs to write down what a server tells. Instants are epoch milliseconds: record `seq` is at `1000 + seq`. */
export const atOf = (seq: number): number => 1_000 + seq;

export const machine = (more: Partial<MachinePicture> = {}): MachinePicture => ({
  id: 'circuitBreaker',
  title: 'Breaker',
  chart: 'chart-1',
  value: 'CLOSED',
  active: ['circuitBreaker', 'circuitBreaker.CLOSED'],
  context: {},
  hiddenFields: 0,
  timers: [],
  accepts: ['FAILURE'],
  changes: [],
  refused: { count: 0 },
  ...more,
});

export const picture = (id: string, name: string, more: Partial<MachinePicture> = {}): ActorPicture => ({
  id,
  name,
  system: 1,
  status: 'active',
  machine: machine(more),
});

export const hello = (actors: readonly ActorPicture[], more: Partial<Hello> = {}): Hello => ({
  instance: 'one',
  now: 1_000,
  actors,
  upTo: 0,
  dropped: 0,
  ...more,
});

export const event = (
  seq: number,
  actor: string,
  type: string,
  more: Partial<EventRecord> = {},
): EventRecord => ({
  kind: 'event',
  seq,
  at: atOf(seq),
  actor,
  event: { type },
  verdict: 'taken',
  steps: [],
  ...more,
});

export const change = (from: string, to: string, more: Partial<StateChangeView> = {}): StateChangeView => ({
  from,
  to,
  active: [to],
  accepts: [],
  ...more,
});

export const started = (seq: number, actor: ActorPicture): FeedRecord => ({
  kind: 'started',
  seq,
  at: atOf(seq),
  actor: actor.id,
  picture: actor,
});

export const ended = (seq: number, actor: string): FeedRecord => ({
  kind: 'ended',
  seq,
  at: atOf(seq),
  actor,
  status: 'stopped',
});

export const batch = (...records: readonly FeedRecord[]) => ({
  now: atOf(records.at(-1)?.seq ?? 0),
  records,
});
