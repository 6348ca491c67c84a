import { createHash } from 'node:crypto';
import type { AnyStateMachine } from 'xstate';
import type { ChartState } from '../diagram/chart.ts';
import { readChart } from '../diagram/read-chart.ts';
import { type Allowed, allowList, Projection } from './allow-list.ts';
import type { MachineView } from './machine-view.ts';
import { OWN_MACHINES } from './own-machines.ts';

/** Charts that can be drawn. A program that makes its machines as it runs may make any number of them. */
const MOST_CHARTS = 500;

/** What the inspector knows of a machine, whatever actors run it. */
export interface KnownMachine {
  readonly id: string;
  readonly title: string;
  /** Name of its drawing: the same chart has the same one. */
  readonly chart: string;
  /** Name of an actor to which nobody gave one. */
  readonly nameOf: (context: unknown) => string;
  readonly context: Allowed;
  readonly events: (type: string) => Allowed;
  /** What it means that this guard or action turns an event down, for people. */
  readonly refusals: Readonly<Record<string, string>>;
}

/** Every machine that was seen running, and its chart. */
export class MachineBook {
  readonly #views: Readonly<Record<string, MachineView>>;
  readonly #projection: Projection;
  readonly #known = new WeakMap<AnyStateMachine, KnownMachine>();
  readonly #charts = new Map<string, ChartState>();

  /** @throws RangeError when a path of an allow-list is none */
  constructor(views: Readonly<Record<string, MachineView>> = {}, projection = new Projection()) {
    this.#views = views;
    this.#projection = projection;
    // A mistake is found now, not when the first actor is seen.
    for (const id of Object.keys(views)) describe(id, this.#viewOf(id));
  }

  of(machine: AnyStateMachine): KnownMachine {
    const known = this.#known.get(machine);
    if (known !== undefined) return known;
    const view = this.#viewOf(machine.id);
    const chart = readChart(machine, { delays: view.delays ?? {} });
    const { nameOf, ...described } = describe(machine.id, view);
    const made: KnownMachine = {
      id: machine.id,
      chart: this.#addChart(chart),
      ...described,
      nameOf: (context) => this.#projection.text(nameOf?.(context as never) ?? machine.id),
    };
    this.#known.set(machine, made);
    return made;
  }

  chart(name: string): ChartState | undefined {
    return this.#charts.get(name);
  }

  #addChart(chart: ChartState): string {
    const name = createHash('sha256').update(JSON.stringify(chart)).digest('base64url').slice(0, 16);
    this.#charts.delete(name);
    this.#charts.set(name, chart);
    const [oldest = ''] = this.#charts.keys();
    if (this.#charts.size > MOST_CHARTS) this.#charts.delete(oldest);
    return name;
  }

  #viewOf(id: string): MachineView {
    const own = Object.hasOwn(OWN_MACHINES, id) ? OWN_MACHINES[id] : undefined;
    const given = Object.hasOwn(this.#views, id) ? this.#views[id] : undefined;
    const { show, delays, refusals } = given ?? {};
    return {
      ...own,
      ...given,
      show: {
        context: [...(own?.show?.context ?? []), ...(show?.context ?? [])],
        events: merged(own?.show?.events, show?.events),
      },
      delays: { ...own?.delays, ...delays },
      refusals: { ...own?.refusals, ...refusals },
    };
  }
}

type EventLists = Readonly<Record<string, readonly string[]>>;

function merged(a: EventLists = {}, b: EventLists = {}): EventLists {
  const types = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...types].map((type) => [type, [...(a[type] ?? []), ...(b[type] ?? [])]]));
}

function describe(id: string, { title = id, nameOf, show, refusals = {} }: MachineView) {
  const { '*': every = [], ...lists } = show?.events ?? {};
  const others = allowList(every);
  const byType = new Map(
    Object.entries(lists).map(([type, paths]) => [type, allowList([...every, ...paths])]),
  );
  return {
    title,
    nameOf,
    context: allowList(show?.context ?? []),
    events: (type: string) => byType.get(type) ?? others,
    refusals,
  };
}
