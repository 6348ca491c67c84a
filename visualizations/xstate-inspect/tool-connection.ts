import { WebSocket } from 'ws';
import type { Recipient } from './inspect-package.ts';

/** What may wait for a tool that does not read. Bytes. */
const MOST_WAITING = 8 * 1024 * 1024;
/** A tool asks for everything once; one that is opened anew has a new connection. */
const MOST_GREETINGS = 10;
/** Messages that come to nothing, after which the connection is closed. */
const MOST_REFUSED = 100;

/** Close codes of RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/** What a registration of the package's server lacks, by the id of the service: its browser side tells both. */
export type Completion = (sessionId: string) => { readonly id: string; readonly parent?: string } | undefined;

/** One tool that is connected. */
export class ToolConnection implements Recipient {
  readonly #socket: WebSocket;
  readonly #complete: Completion;
  #greetings = 0;
  #refused = 0;
  #isAlive = true;

  constructor(socket: WebSocket, complete: Completion) {
    this.#socket = socket;
    this.#complete = complete;
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    // A message that is too long, or no text: `ws` closes the connection by itself.
    socket.on('error', () => {});
  }

  /** It has asked for everything, and is told of what happens. */
  get isInspecting(): boolean {
    return this.#greetings > 0;
  }

  /** A tool that does not read is cut: it may come back and is told everything anew. */
  send(text: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MOST_WAITING) this.#socket.terminate();
    else this.#socket.send(this.#completed(text));
  }

  /** Notes that it asks for everything, which costs all registrations. `false`: too often. */
  greet(): boolean {
    this.#greetings += 1;
    if (this.#greetings <= MOST_GREETINGS) return true;
    this.#close('asked for everything too often');
    return false;
  }

  /** Notes a message that came to nothing. */
  refuse(): void {
    this.#refused += 1;
    if (this.#refused >= MOST_REFUSED) this.#close('too many messages that came to nothing');
  }

  /** Cuts it when it has not answered since the last time. */
  beat(): void {
    if (!this.#isAlive) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#socket.ping();
  }

  /** Tells it that the server ends, and does not wait for its answer. */
  end(): void {
    this.#socket.close(GOING_AWAY);
    this.#socket.terminate();
  }

  #close(reason: string): void {
    this.#socket.close(POLICY_VIOLATION, reason);
  }

  #completed(text: string): string {
    if (!text.startsWith('{"type":"service.register"')) return text;
    const message = JSON.parse(text) as { readonly sessionId: string };
    return JSON.stringify({ ...message, ...this.#complete(message.sessionId) });
  }
}
