import type { CallFate } from '../../dev/rpc-proxy.ts';

/** One transaction that was on its way to the chain. `performance.now()`, milliseconds. */
export interface Send {
  readonly at: number;
  /** `undefined`: not answered so far. */
  readonly endedAt: number | undefined;
}

/** How the RPC begins to fail. */
export interface Break {
  /** Transactions from now on that are taken and answered. */
  readonly answered: number;
  /** Behind them, transactions that are taken, and whose replies are lost. */
  readonly lost: number;
  /** Called as the last of them arrives: from then on nothing is answered. */
  readonly spring: () => void;
}

/**
 * Counts what arrives at the RPC: the drill's own witness, which asks neither the executor nor its metrics.
 */
export class SendLog {
  readonly #sends: { readonly at: number; endedAt: number | undefined }[] = [];
  #calls = 0;
  #break: (Break & { readonly from: number }) | undefined;

  get sends(): readonly Send[] {
    return this.#sends;
  }

  /** Everything that is no transaction: questions. */
  get otherCalls(): number {
    return this.#calls - this.#sends.length;
  }

  /** Lets the RPC fail, once. */
  breakAt(how: Break): void {
    this.#break = { ...how, from: this.#sends.length };
  }

  /** A call arrives. */
  note(method: string): CallFate {
    this.#calls += 1;
    if (method !== 'eth_sendRawTransaction') return { ended: () => {} };
    const send = { at: performance.now(), endedAt: undefined as number | undefined };
    this.#sends.push(send);
    return {
      losesReply: this.#losesReply(),
      ended: () => {
        send.endedAt ??= performance.now();
      },
    };
  }

  #losesReply(): boolean {
    if (this.#break === undefined) return false;
    const { answered, lost, spring, from } = this.#break;
    const number = this.#sends.length - from;
    if (number === answered + lost) spring();
    return number > answered && number <= answered + lost;
  }
}

/** Those that began between two moments. */
export const sendsBetween = (sends: readonly Send[], from: number, to: number): readonly Send[] =>
  sends.filter(({ at }) => at >= from && at < to);

/** How many were out at once at most. */
export function mostAtOnce(sends: readonly Send[]): number {
  const outAt = (moment: number) =>
    sends.filter(({ at, endedAt = Number.POSITIVE_INFINITY }) => at <= moment && moment < endedAt).length;
  return Math.max(0, ...sends.map(({ at }) => outAt(at)));
}
