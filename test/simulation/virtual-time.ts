/** Whose event it is: it does not happen once its owner is dead, and waits while its owner is paused. */
export interface Owner {
  readonly isAlive: boolean;
  /** Virtual milliseconds; a pause ends then. */
  readonly pausedUntil: number;
}

export interface Scheduled {
  at: number;
  order: number;
  readonly owner: Owner | undefined;
  fire: (() => void) | undefined;
}

const isBefore = (a: Scheduled, b: Scheduled): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Turns of the real loop without any progress, after which what is under way can only be waiting for virtual time. */
const STILL_TURNS = 4;
/** To open a file takes real time, on a busy machine a lot of it. */
const HUNG_TURNS = 10_000_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Virtual time: a heap of events. The next one happens when everything that the last one set going has come to rest,
 * which for promises is one turn of the real loop and for calls of the store a few of them.
 */
export class VirtualTime {
  now = 0;
  /** Rises with every turn of the real loop: what happens within one is one moment. */
  turns = 0;
  readonly #heap: Scheduled[] = [];
  #order = 0;
  #callsOut = 0;
  readonly #tasks: (() => Promise<() => void>)[] = [];
  #isWorking = false;
  #progress = 0;
  #failure: unknown;

  schedule(delayMs: number, fire: () => void, owner?: Owner): Scheduled {
    this.#order += 1;
    const entry = { at: this.now + Math.max(0, Math.ceil(delayMs)), order: this.#order, owner, fire };
    this.#push(entry);
    return entry;
  }

  cancel(entry: Scheduled): void {
    entry.fire = undefined;
  }

  /**
   * Something that ends without virtual time passing: nothing else happens before it has.
   *
   * Tasks are done one after the other, since of two at once real time would decide which is done first.
   *
   * @param goOn with what came of it, when all tasks are done: in their order
   */
  task<Result>(work: () => Promise<Result>, goOn: (result: Result) => void = () => {}): void {
    this.#tasks.push(async () => {
      const result = await work();
      return () => goOn(result);
    });
    if (!this.#isWorking) void this.#workOff();
  }

  /** A call of a store, which ends by itself unless it waits for a lock. */
  async call<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#callsOut += 1;
    this.#progress += 1;
    try {
      return await work();
    } finally {
      this.#callsOut -= 1;
      this.#progress += 1;
    }
  }

  /** Lets events happen until `isOver` says so, or none is left. */
  async run(isOver: () => boolean): Promise<void> {
    await this.#rest();
    while (!isOver()) {
      const entry = this.#pop();
      if (entry === undefined) return;
      const { fire, owner } = entry;
      if (fire === undefined || owner?.isAlive === false) continue;
      if (owner !== undefined && owner.pausedUntil > entry.at) {
        // In the order in which they were due: those of one moment are taken from the heap in it.
        this.#order += 1;
        this.#push(Object.assign(entry, { at: owner.pausedUntil, order: this.#order }));
        continue;
      }
      this.now = entry.at;
      fire();
      await this.#rest();
    }
  }

  async #workOff(): Promise<void> {
    this.#isWorking = true;
    try {
      while (this.#tasks.length > 0) {
        const next: (() => void)[] = [];
        for (let work = this.#tasks.shift(); work !== undefined; work = this.#tasks.shift())
          next.push(await work());
        for (const goOn of next) goOn();
      }
    } catch (error) {
      this.#failure ??= error;
    } finally {
      this.#isWorking = false;
    }
  }

  async #rest(): Promise<void> {
    let still = 0;
    let seen = -1;
    for (let turns = 0; ; turns += 1) {
      await turn();
      this.turns += 1;
      if (this.#failure !== undefined) throw this.#failure;
      if (!this.#isWorking && this.#callsOut === 0) return;
      still = this.#progress === seen ? still + 1 : 0;
      seen = this.#progress;
      if (!this.#isWorking && still >= STILL_TURNS) return;
      if (turns > HUNG_TURNS) throw new Error('the simulation hangs: a task does not end');
    }
  }

  #push(entry: Scheduled): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Scheduled;
      if (isBefore(above, entry)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      const right = heap[child + 1];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) child += 1;
      const least = heap[child] as Scheduled;
      if (isBefore(last, least)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
