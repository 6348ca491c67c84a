import { connect, type Socket } from 'node:net';
import type { Malformed } from './request.ts';

/** What a client saw. */
export interface Outcome {
  readonly request: Malformed;
  /** Of the answers, in order; none where the connection ended without one. */
  readonly statuses: readonly number[];
}

interface Attack {
  readonly port: number;
  /** Requests that are out at once. */
  readonly atOnce: number;
  readonly next: () => Malformed;
  /** Hears of the end of each, the first is number 1. `true`: that is enough. */
  readonly onEnd: (number: number) => boolean;
}

/** Clients that mean no good. */
export class Attackers {
  readonly #attack: Attack;
  /** Connections whose own side is never ended: the server has to end both. */
  readonly #held = new Set<Socket>();
  #ended = 0;

  constructor(attack: Attack) {
    this.#attack = attack;
  }

  /** Sends so many more. */
  async strike(requests: number): Promise<readonly Outcome[]> {
    const { atOnce, next, onEnd } = this.#attack;
    const outcomes: Outcome[] = [];
    let left = requests;
    const client = async () => {
      while (left > 0) {
        left -= 1;
        outcomes.push(await this.#send(next()));
        this.#ended += 1;
        if (onEnd(this.#ended)) left = 0;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, client));
    return outcomes;
  }

  /** Drops what is held. */
  leave(): void {
    for (const socket of this.#held) socket.destroy();
  }

  /** On a connection of its own, until that is over. */
  #send(request: Malformed): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const { bytes, ending } = request;
    const allowHalfOpen = ending === 'hold';
    const socket = connect({ port: this.#attack.port, host: '127.0.0.1', noDelay: true, allowHalfOpen });
    if (allowHalfOpen) this.#held.add(socket);
    let answers = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      answers += text;
    });
    // A reset is an end, too.
    socket.on('error', () => {});
    const finish = () => {
      const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ request, statuses });
    };
    if (allowHalfOpen) socket.on('end', finish);
    socket.on('close', finish);
    socket.write(bytes, () => {
      if (ending === 'reset') socket.resetAndDestroy();
      else if (ending === 'end') socket.end();
    });
    return promise;
  }
}
