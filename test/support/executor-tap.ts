/** What a call of a tapped function does instead; `real` does what it would have done. */
export type Behaviour<Args extends readonly unknown[], Result> = (
  real: () => Promise<Result>,
  ...args: Args
) => Promise<Result>;

/** Where a call waits until the test lets it go on. */
export class Gate {
  readonly #reached = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();
  /** A call has come to it. */
  readonly reached: Promise<void> = this.#reached.promise;

  pass(): Promise<void> {
    this.#reached.resolve();
    return this.#opened.promise;
  }

  open(): void {
    this.#opened.resolve();
  }
}

/** Around a real port or store method: counts its calls, and makes chosen ones wait, fail or do something else. */
export class Tap<Args extends readonly unknown[], Result> {
  readonly name: string;
  /** Arguments of every call so far. */
  readonly calls: Args[] = [];
  /** Most calls that were out at once. */
  mostOut = 0;
  /** The function to hand out. */
  readonly call: (...args: Args) => Promise<Result>;
  #out = 0;
  #otherwise: Behaviour<Args, Result> | undefined;
  readonly #byNumber = new Map<number, Behaviour<Args, Result>>();
  readonly #awaited = new Map<number, PromiseWithResolvers<void>>();
  readonly #gates: Gate[] = [];

  constructor(
    name: string,
    real: (...args: Args) => Result | Promise<Result>,
    /** Is told of each call before it is made; `'never'`: it is not made, and does not end. */
    log: (name: string) => 'never' | undefined = () => undefined,
  ) {
    this.name = name;
    this.call = async (...args) => {
      if (log(name) === 'never') return new Promise(() => {});
      const number = this.calls.push(args);
      this.#out += 1;
      this.mostOut = Math.max(this.mostOut, this.#out);
      this.#awaited.get(number)?.resolve();
      const behave = this.#byNumber.get(number) ?? this.#otherwise;
      try {
        return await (behave === undefined ? real(...args) : behave(async () => real(...args), ...args));
      } finally {
        this.#out -= 1;
      }
    };
  }

  get count(): number {
    return this.calls.length;
  }

  /** Calls that have not ended. */
  get out(): number {
    return this.#out;
  }

  /** What call number `number` does; the first is 1. */
  onCall(number: number, behave: Behaviour<Args, Result>): void {
    this.#byNumber.set(number, behave);
  }

  onNext(behave: Behaviour<Args, Result>): void {
    this.onCall(this.count + 1, behave);
  }

  /** What every call does for which nothing else was said; `undefined`: the real thing again. */
  always(behave: Behaviour<Args, Result> | undefined): void {
    this.#otherwise = behave;
  }

  fail(error: Error, number = this.count + 1): void {
    this.onCall(number, async () => {
      throw error;
    });
  }

  /** Makes a call wait before it does anything. */
  hold(number = this.count + 1): Gate {
    return this.#gateAt(number, async (gate, real) => {
      await gate.pass();
      return real();
    });
  }

  /** Lets a call do its work, and makes its answer wait. */
  holdReply(number = this.count + 1): Gate {
    return this.#gateAt(number, async (gate, real) => {
      const result = await real();
      await gate.pass();
      return result;
    });
  }

  #gateAt(number: number, behave: (gate: Gate, real: () => Promise<Result>) => Promise<Result>): Gate {
    const gate = new Gate();
    this.#gates.push(gate);
    this.#byNumber.set(number, (real, ..._args: Args) => behave(gate, real));
    return gate;
  }

  /** Resolves when this many calls have begun. */
  called(number: number): Promise<void> {
    if (this.count >= number) return Promise.resolve();
    const awaited = this.#awaited.get(number) ?? Promise.withResolvers<void>();
    this.#awaited.set(number, awaited);
    return awaited.promise;
  }

  openGates(): void {
    for (const gate of this.#gates) gate.open();
  }
}
