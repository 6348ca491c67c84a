import type { AnyActorRef } from 'xstate';
import type { History } from './history.ts';
import { type KnownActor, lastHeard } from './known-actor.ts';

/** Actors that are over and whose picture is still whole. */
const WHOLE_ENDED = 50;
/** So many may be over before it is worth looking which can be let go. */
const ENDED_STEP = 4 * WHOLE_ENDED;
/**
 * Actors that are known at once. One that nobody stops and nobody holds any more is held by this book alone, as those
 * of a registry may be: the ones that were silent longest are let go, and met again should they speak again.
 */
const MOST_ACTORS = 2_000;

/**
 * The actors that can be told of: those that are alive, and those that are over as long as a kept record names them.
 * Both are bounded, however many come and go.
 */
export class ActorBook {
  readonly #history: History;
  /** Also those that were let go, as long as somebody holds them: they keep their ids. */
  readonly #known = new WeakMap<AnyActorRef, KnownActor>();
  readonly #actors = new Map<string, KnownActor>();
  readonly #systems = new WeakMap<object, number>();
  /** In the order in which they ended. */
  #ended: KnownActor[] = [];
  #mostEnded = ENDED_STEP;
  #lastActor = 0;
  #lastSystem = 0;

  constructor(history: History) {
    this.#history = history;
  }

  known(ref: AnyActorRef): KnownActor | undefined {
    return this.#known.get(ref);
  }

  get(id: string | undefined): KnownActor | undefined {
    return id === undefined ? undefined : this.#actors.get(id);
  }

  has(actor: KnownActor): boolean {
    return this.#actors.has(actor.id);
  }

  all(): readonly KnownActor[] {
    return [...this.#actors.values()];
  }

  alive(): readonly KnownActor[] {
    return this.all().filter(({ status }) => status === 'active');
  }

  /** Those whose picture tells more than their name. */
  get whole(): ReadonlySet<KnownActor> {
    return new Set([...this.alive(), ...this.#ended.slice(-WHOLE_ENDED)]);
  }

  nextId(): string {
    this.#lastActor += 1;
    return `a${this.#lastActor}`;
  }

  systemOf({ system }: AnyActorRef): number {
    const known = this.#systems.get(system);
    if (known !== undefined) return known;
    this.#lastSystem += 1;
    this.#systems.set(system, this.#lastSystem);
    return this.#lastSystem;
  }

  meet(ref: AnyActorRef, actor: KnownActor): void {
    this.#known.set(ref, actor);
  }

  add(actor: KnownActor): void {
    this.#actors.set(actor.id, actor);
  }

  get isFull(): boolean {
    return this.#actors.size > MOST_ACTORS;
  }

  /** Nothing of it runs any more. */
  over(actor: KnownActor): void {
    actor.ref = undefined;
    actor.timers = undefined;
    this.#ended.push(actor);
    if (this.#ended.length > this.#mostEnded) this.forget();
  }

  /** Lets go of actors that are over and that no record names any more; of older ones only the name is kept. */
  forget(): void {
    for (const actor of this.#ended.slice(0, -WHOLE_ENDED)) {
      actor.snapshot = undefined;
      actor.changes = [];
    }
    this.#keepEnded((actor) => this.#isNamed(actor));
    this.#mostEnded = this.#ended.length + ENDED_STEP;
  }

  /** First of those that are over, then of those that were silent longest and have no child that is known. */
  makeRoom(newest: KnownActor): readonly KnownActor[] {
    this.forget();
    const alive = this.alive();
    const parents = new Set(alive.map(({ parent }) => parent));
    const silent = alive
      .filter((actor) => actor !== newest && !parents.has(actor.id))
      .toSorted((a, b) => lastHeard(a) - lastHeard(b));
    const tooMany = Math.max(0, this.#actors.size - (MOST_ACTORS * 3) / 4);
    const letGo = new Set([...this.#ended.filter((actor) => actor !== newest), ...silent].slice(0, tooMany));
    for (const { id } of letGo) this.#actors.delete(id);
    this.#keepEnded((actor) => !letGo.has(actor));
    return [...letGo];
  }

  #isNamed({ lastSeq, lastInternalSeq }: KnownActor): boolean {
    return this.#history.isKept(lastSeq, false) || this.#history.isKept(lastInternalSeq, true);
  }

  #keepEnded(isKept: (actor: KnownActor) => boolean): void {
    for (const actor of this.#ended) if (!isKept(actor)) this.#actors.delete(actor.id);
    this.#ended = this.#ended.filter(isKept);
  }
}
