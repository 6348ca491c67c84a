import type { CircuitState } from '../../../machines/index.ts';

/** What a person wants to see of a running treasury. */
export interface Progress {
  /** Executed or finalized. */
  readonly paid: number;
  /** Due and not settled yet. */
  readonly outstanding: number;
  readonly waiting: number;
  readonly later: number;
  readonly cancelled: number;
  readonly deadLetter: number;
  readonly epoch: number;
  readonly leaseHeld: boolean;
  /** `undefined` before the first tick. */
  readonly circuit: CircuitState | undefined;
  /** Milliseconds to the next chance; 0 when the breaker admits. */
  readonly retryAfterMs: number;
  /** Payments a second, over the last seconds. */
  readonly rate: number;
  /** What stood in the way last. */
  readonly error: string | undefined;
}

/** What a run came to. */
export interface Summary {
  readonly paid: number;
  readonly cancelled: number;
  readonly deadLetter: number;
  readonly waiting: number;
  readonly later: number;
  readonly outstanding: number;
  /** Base units, of everything that is paid. */
  readonly totalAmount: string;
  /** Openings of the breaker in this run. */
  readonly breakerOpenings: number;
}

/** The breaker in words: `CLOSED`, `OPEN, probe in 42 s`. */
export function describeCircuit({ circuit, retryAfterMs }: Progress): string {
  if (circuit === undefined) return 'starting';
  if (circuit !== 'OPEN') return circuit;
  return `OPEN, probe in ${Math.ceil(retryAfterMs / 1000)} s`;
}

const SECOND = 1_000;
const WINDOW_MS = 5 * SECOND;

/** Payments a second over the last five seconds. */
export class Rate {
  readonly #samples: { readonly at: number; readonly paid: number }[] = [];

  /** @param at milliseconds of any clock */
  sample(at: number, paid: number): number {
    this.#samples.push({ at, paid });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) >= WINDOW_MS) this.#samples.shift();
    const [first] = this.#samples;
    if (first === undefined || at === first.at) return 0;
    return ((paid - first.paid) * SECOND) / (at - first.at);
  }
}
