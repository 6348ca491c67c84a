import type {
  ActorPicture,
  ChartState,
  EventRecord,
  FeedRecord,
  Follower,
  Hello,
  Inspector,
} from '../../src/inspect/index.ts';
import type { InspectPackage } from './inspect-package.ts';
import { type MachineActor, Service, toV4Chart, type V4Chart } from './service.ts';
import type { SessionIds } from './session-ids.ts';

/** An actor that the tools see. */
export interface Listed {
  /** What the feed calls it. */
  readonly actorId: string;
  readonly machineId: string;
  readonly service: Service;
}

export interface RosterParts {
  readonly inspector: Pick<Inspector, 'chart'>;
  readonly pack: InspectPackage;
  readonly ids: SessionIds;
  /** Takes an event that a tool sent to an actor. */
  readonly deliver: (listed: Listed, event: unknown) => void;
  /** Hears of a machine that XState 4 cannot be told of. */
  readonly onError: (error: unknown) => void;
}

/** Keeps one service for every live actor that runs a machine, from what the feed tells. */
export class Roster implements Follower {
  readonly #parts: RosterParts;
  /** `undefined`: XState 4 cannot be told of it. */
  readonly #charts = new WeakMap<ChartState, V4Chart | undefined>();
  readonly #byActor = new Map<string, Listed>();
  readonly #bySession = new Map<string, Listed>();

  constructor(parts: RosterParts) {
    this.#parts = parts;
  }

  bySession(sessionId: string): Listed | undefined {
    return this.#bySession.get(sessionId);
  }

  hello({ actors }: Hello): void {
    const live = new Set(actors.filter(({ status }) => status === 'active').map(({ id }) => id));
    for (const id of [...this.#byActor.keys()]) if (!live.has(id)) this.#end(id);
    for (const actor of actors) if (live.has(actor.id)) this.#meet(actor);
  }

  records(records: readonly FeedRecord[]): void {
    for (const record of records) this.#fold(record);
  }

  /** No actor is offered any more. */
  close(): void {
    for (const id of [...this.#byActor.keys()]) this.#end(id);
  }

  #fold(record: FeedRecord): void {
    switch (record.kind) {
      case 'started':
        if (record.picture.status === 'active') this.#meet(record.picture);
        break;
      case 'event':
        // How an actor began was told with its registration.
        if (record.event.type !== 'xstate.init') this.#tell(record);
        break;
      case 'ended':
        this.#end(record.actor);
        break;
      default:
      // A refused call is no event, and XState 4 has no word for another name.
    }
  }

  #meet(actor: ActorPicture): void {
    if (!hasMachine(actor)) return;
    const known = this.#byActor.get(actor.id);
    if (known !== undefined) known.service.look(actor);
    else this.#add(actor);
  }

  #add(actor: MachineActor): void {
    const { pack, ids, deliver } = this.#parts;
    const chart = this.#chart(actor.machine.chart);
    if (chart === undefined) return;
    const sessionId = ids.take();
    const made = this.#tried(
      () =>
        new Service({
          sessionId,
          // Only machines start others.
          parent: this.#byActor.get(actor.parent ?? '')?.service,
          chart,
          actor,
          deliver: (event) => deliver(listed, event),
        }),
    );
    if (made === undefined) {
      ids.giveBack(sessionId);
      return;
    }
    const listed: Listed = { actorId: actor.id, machineId: actor.machine.id, service: made };
    this.#byActor.set(actor.id, listed);
    this.#bySession.set(sessionId, listed);
    pack.register(made);
  }

  #tell(record: EventRecord): void {
    const listed = this.#byActor.get(record.actor);
    if (listed === undefined) return;
    const origin = this.#byActor.get(record.from ?? '')?.service.sessionId;
    const isTold = this.#tried(() => {
      listed.service.tell(record, origin);
      return true;
    });
    if (!isTold) this.#end(record.actor);
  }

  #chart(name: string): V4Chart | undefined {
    const chart = this.#parts.inspector.chart(name);
    if (chart === undefined || this.#charts.has(chart)) return chart && this.#charts.get(chart);
    const made = this.#tried(() => toV4Chart(chart));
    this.#charts.set(chart, made);
    return made;
  }

  /** XState 4 does not take every machine of XState 5: keys with a dot, events that every object has a field for. */
  #tried<Made>(work: () => Made): Made | undefined {
    try {
      return work();
    } catch (error) {
      this.#parts.onError(error);
      return undefined;
    }
  }

  #end(id: string): void {
    const listed = this.#byActor.get(id);
    if (listed === undefined) return;
    const { service } = listed;
    this.#byActor.delete(id);
    this.#bySession.delete(service.sessionId);
    service.stop();
    this.#parts.ids.giveBack(service.sessionId);
  }
}

const hasMachine = (actor: ActorPicture): actor is MachineActor => actor.machine !== undefined;
