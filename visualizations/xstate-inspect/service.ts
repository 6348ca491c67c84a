import type { SCXML, State } from 'xstate';
import type { ChartState } from '../../src/diagram/chart.ts';
import type { ActorPicture, EventRecord, ShownValue } from '../../src/inspect/index.ts';
import type { ToolEvent } from './accept.ts';
import { eventTypesOf } from './v4-events.ts';
import { toV4Machine, toV4State, type V4Machine } from './v4-machine.ts';

/** An event as XState 4 hands it around. */
type V4Event = SCXML.Event<{ type: string }>;

/** @param origin id of the service that sent it */
export function toV4Event(data: { readonly type: string }, origin?: string): V4Event {
  return {
    name: data.type,
    data,
    $$type: 'scxml',
    type: 'external',
    ...(origin !== undefined && { origin }),
  };
}

/** A chart in the terms of XState 4. Actors of one chart share it. */
export interface V4Chart {
  readonly machine: V4Machine;
  readonly eventType: (type: string) => string;
}

/** @throws Error when XState 4 cannot tell of it, as the package would at every registration */
export function toV4Chart(chart: ChartState): V4Chart {
  const machine = toV4Machine(chart);
  // It makes up its mind about a state's transitions when they are looked at.
  JSON.stringify(machine);
  return { machine, eventType: eventTypesOf(chart) };
}

/** An actor that runs a machine. */
export type MachineActor = ActorPicture & Required<Pick<ActorPicture, 'machine'>>;

/** What a service is made of. */
export interface ServiceParts {
  readonly sessionId: string;
  readonly parent: Service | undefined;
  readonly chart: V4Chart;
  readonly actor: MachineActor;
  /** Takes an event from a tool; what is allowed was decided before. */
  readonly deliver: (event: ToolEvent) => void;
}

/**
 * One actor of XState 5 in the shape of a running interpreter of XState 4, as far as @xstate/inspect looks: it reads
 * `machine` and `state`, replaces `send` by one that announces each event, and listens to `subscribe` and `onStop`.
 */
export class Service {
  readonly id: string;
  readonly sessionId: string;
  readonly parent: Service | undefined;
  state: State<object>;
  /** What it announces and then calls is {@link Service.#receive}: replaced by the package. */
  send: (event: V4Event) => void = (event) => this.#receive(event);
  readonly #chart: V4Chart;
  readonly #deliver: (event: ToolEvent) => void;
  readonly #listeners: ((state: State<object>) => void)[] = [];
  readonly #stopListeners: (() => void)[] = [];
  #value: ShownValue;
  #context: object;
  #isTelling = false;

  constructor({ sessionId, parent, chart, actor, deliver }: ServiceParts) {
    this.id = actor.name;
    this.sessionId = sessionId;
    this.parent = parent;
    this.#chart = chart;
    this.#deliver = deliver;
    this.#value = actor.machine.value;
    this.#context = actor.machine.context;
    this.state = this.#stateAfter(toV4Event({ type: 'xstate.init' }), [], false);
  }

  get machine(): V4Machine {
    return this.#chart.machine;
  }

  subscribe(listener: (state: State<object>) => void): void {
    this.#listeners.push(listener);
  }

  onStop(listener: () => void): void {
    this.#stopListeners.push(listener);
  }

  /** An event that the actor was sent, and what became of it. */
  tell(record: EventRecord, origin: string | undefined): void {
    const { event, verdict, change, context } = record;
    // One that waits is told again when it is handled.
    if (verdict === 'queued' || verdict === 'dead') return;
    const told = toV4Event({ ...event, type: this.#chart.eventType(event.type) }, origin);
    this.#announce(told);
    if (change !== undefined) this.#value = change.to;
    if (context !== undefined) this.#context = { ...this.#context, ...context };
    const actions = record.steps.flatMap((step) => step.actions);
    this.#settle(told, actions, change !== undefined || context !== undefined);
  }

  /** What it is in now, when not all was told on the way there. */
  look({ machine: { value, context } }: MachineActor): void {
    this.#value = value;
    this.#context = context;
    this.#settle(this.state._event as V4Event, [], true);
  }

  stop(): void {
    for (const listener of this.#stopListeners.splice(0)) listener();
  }

  #announce(event: V4Event): void {
    this.#isTelling = true;
    try {
      this.send(event);
    } finally {
      this.#isTelling = false;
    }
  }

  #receive(event: V4Event): void {
    if (!this.#isTelling) this.#deliver(event.data as ToolEvent);
  }

  #settle(event: V4Event, actions: readonly string[], isChanged: boolean): void {
    this.state = this.#stateAfter(event, actions, isChanged);
    for (const listener of this.#listeners) listener(this.state);
  }

  #stateAfter(event: V4Event, actions: readonly string[], isChanged: boolean): State<object> {
    return toV4State(this.#chart.machine, {
      value: this.#value as State<object>['value'],
      context: this.#context,
      event,
      sessionId: this.sessionId,
      actions,
      isChanged,
    });
  }
}
