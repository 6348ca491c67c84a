import type { Random } from '../../../simulation/random.ts';
import { BROKEN } from './broken.ts';
import { FORBIDDEN } from './forbidden.ts';
import { type Kind, type Malformed, Orders } from './request.ts';

const KINDS: Readonly<Record<string, Kind>> = { ...BROKEN, ...FORBIDDEN };

/** Those that last until a limit of time are rare: they would make up the time of the whole. */
const SLOW: readonly string[] = [
  'a head that never ends',
  'a body that never ends',
] satisfies (keyof typeof BROKEN)[];

const WEIGHTED = Object.entries(KINDS).flatMap((kind) =>
  Array.from({ length: SLOW.includes(kind[0]) ? 1 : 10 }, () => kind),
);

/** Makes requests that have to be refused, of every kind, by chance. */
export class MalformedRequests {
  readonly kinds = Object.keys(KINDS);
  readonly #random: Random;
  readonly #orders: Orders;

  /** @param token the right one, which most carry: it is not for the lack of it that they are refused */
  constructor(random: Random, token: string) {
    this.#random = random;
    this.#orders = new Orders(token);
  }

  next(): Malformed {
    const random = this.#random;
    const [kind, make] = random.pick(WEIGHTED);
    const ending = random.pick(['wait', 'wait', 'end'] as const);
    return { kind, ending, goodBefore: 0, ...make(random, this.#orders) };
  }
}
