import { Table } from '../../src/cli/table.ts';

/**
 * What has really happened in a run, in the order of its table, and in which runs it has to: in any, since a lie that met
 * no call shows nothing; in long ones, since it takes some luck; or in none.
 */
const EVENTS = {
  'kill -9': 'any',
  '  while the store was being made': 'any',
  '  while it was starting': 'any',
  '  within 20 ms of a submission': 'any',
  '  elsewhere': 'long',
  '  both at once': 'any',
  '  while the RPC lied': 'any',
  '  with payments due': 'any',
  '  with signed bytes stored that the chain did not have': 'long',
  '  with payments that the chain had and the store took for unsent': 'long',
  'SIGSTOP for longer than the lease, until the other took over': 'any',
  '  asleep within a write: it held the file, and nobody could': 'none',
  '  writes under a stale fence that were refused': 'long',
  '  woken to find the lease gone': 'none',
  'RPC refused connections: told by an executor': 'any',
  'RPC hung: calls': 'any',
  'RPC answered 503: calls': 'any',
  'RPC dropped the reply: calls': 'any',
  '  payments that it took, and whose reply was lost': 'any',
  'RPC without new blocks: times': 'long',
  'processes started': 'any',
  '  ended by themselves, the RPC being down': 'long',
  'leases taken': 'any',
  'transactions sent': 'any',
  '  again, the same bytes': 'long',
  '  outbid': 'long',
  'imports by the command': 'any',
  '  killed': 'long',
  'payments asked for': 'any',
  '  paid': 'any',
  '  cancelled, beyond what the account has': 'long',
} as const satisfies Record<string, 'any' | 'long' | 'none'>;

/** Kills from which on a run is long. */
const LONG = 100;

export type Event = keyof typeof EVENTS;

const NAMES = Object.keys(EVENTS) as readonly Event[];

/** Counts what happens. */
export class Counts {
  readonly #counts = new Map<Event, number>(NAMES.map((name) => [name, 0]));

  add(event: Event, times = 1): void {
    this.#counts.set(event, this.of(event) + times);
  }

  of(event: Event): number {
    return this.#counts.get(event) ?? 0;
  }

  /** What has to happen in such a run, and did not. */
  missing(): readonly Event[] {
    const isLong = this.of('kill -9') >= LONG;
    const hasTo = (name: Event) => EVENTS[name] === 'any' || (isLong && EVENTS[name] === 'long');
    return NAMES.filter((name) => hasTo(name) && this.of(name) === 0);
  }

  table(): string {
    const table = new Table<Event>(
      [
        { title: 'WHAT', text: (name) => name },
        { title: 'TIMES', text: (name) => this.of(name).toLocaleString('en'), align: 'right' },
      ],
      Number.POSITIVE_INFINITY,
    );
    return table.format(NAMES).join('\n');
  }
}
