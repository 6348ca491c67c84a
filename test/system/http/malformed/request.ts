import type { Random } from '../../../simulation/random.ts';

/** Has to be refused: it is broken, or it is well formed and not allowed. */
export interface Malformed {
  readonly kind: string;
  readonly bytes: Buffer;
  /** What the client does behind it: wait for the end, end its own side, never end it, or cut the connection. */
  readonly ending: 'wait' | 'end' | 'hold' | 'reset';
  /** Answers before the refusal that are rightly none: to good requests in front of it, or "100 Continue". */
  readonly goodBefore: number;
}

/** Makes one of its kind. */
export type Kind = (
  random: Random,
  orders: Orders,
) => Pick<Malformed, 'bytes'> & Partial<Pick<Malformed, 'ending' | 'goodBefore'>>;

export type Header = readonly [name: string, value: string];

export const HOST: Header = ['Host', 'localhost'];
export const CLOSE: Header = ['Connection', 'close'];
export const JSON_TYPE: Header = ['Content-Type', 'application/json'];
export const CHUNKED: Header = ['Transfer-Encoding', 'chunked'];

export const PATHS = wordsOf('/ /metrics /readyz /api/breaker /control/breaker /inspect /inspect/feed');

/** An order that is taken from whoever has the token. */
export const ORDER = '{"action":"isolate","reason":"nobody may"}';

const POST = 'POST /control/breaker HTTP/1.1';

export function wordsOf(text: string): readonly string[] {
  return text.split(' ');
}

export const bytesOf = (random: Random, most: number): Buffer =>
  Buffer.from(Array.from({ length: random.int(1, most) }, () => random.int(0, 255)));

/** A word of chance, again and again. */
export function lettersOf(random: Random, length: number): string {
  const word = Array.from({ length: 20 }, () => String.fromCharCode(random.int(0x61, 0x7a))).join('');
  return word.repeat(Math.ceil(length / word.length)).slice(0, length);
}

/** Joins texts and bytes, the texts as they are in Latin-1. */
export const joined = (...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

export const headOf = (line: string, headers: readonly Header[]): string =>
  `${line}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;

export const get = (target: string, ...headers: readonly Header[]): string =>
  headOf(`GET ${target} HTTP/1.1`, [HOST, CLOSE, ...headers]);

/** Orders with the right token: were what is wrong with them no matter, they would be taken. */
export class Orders {
  readonly token: string;
  readonly bearer: Header;
  readonly headers: readonly Header[];

  constructor(token: string) {
    this.token = token;
    this.bearer = ['Authorization', `Bearer ${token}`];
    this.headers = [HOST, CLOSE, JSON_TYPE, this.bearer];
  }

  /** With this body and its length. */
  of(body: string | Buffer, headers: readonly Header[] = this.headers, line = POST): Buffer {
    return joined(headOf(line, [...headers, ['Content-Length', `${Buffer.byteLength(body)}`]]), body);
  }

  /** With headers that say how long it is, rightly or not. */
  sized(body: string, ...sizes: readonly Header[]): Buffer {
    return joined(headOf(POST, [...this.headers, ...sizes]), body);
  }
}
