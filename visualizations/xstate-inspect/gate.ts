import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { createTokenCheck, type TokenCheck } from '../../src/bearer-token.ts';
import { TrustedHosts } from '../../src/trusted-hosts.ts';

/** Why a request is not answered. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
}

/** Decides who may look at the page, and who may connect a tool. */
export class Gate {
  readonly #trusted: TrustedHosts;
  readonly #isAllowed: TokenCheck | undefined;

  /** @throws RangeError when the token is none, ConfigurationError when a name of `allowHosts` is none */
  constructor(options: {
    readonly token: string | undefined;
    readonly allowHosts: readonly string[] | undefined;
  }) {
    this.#trusted = new TrustedHosts(options.allowHosts);
    this.#isAllowed = options.token === undefined ? undefined : createTokenCheck(options.token);
  }

  /** Every page of the internet may open a socket to this machine: `Origin` tells it apart from ours. */
  foreign({ headers: { host, origin } }: IncomingMessage): Refusal | undefined {
    if (!this.#trusted.isHost(host)) return { status: 403, error: 'foreign Host' };
    if (origin !== undefined && !this.#trusted.isOrigin(origin, host)) {
      return { status: 403, error: 'foreign Origin' };
    }
    return undefined;
  }

  /** A browser cannot give a socket a header, so `?token=` stands for `Authorization: Bearer`. */
  tool(request: IncomingMessage): Refusal | undefined {
    const refusal = this.foreign(request);
    if (refusal !== undefined || this.#isAllowed === undefined) return refusal;
    const given = new URLSearchParams(request.url?.split('?', 2)[1]).get('token');
    const isAllowed =
      this.#isAllowed(request.headers.authorization) ||
      (given !== null && this.#isAllowed(`Bearer ${given}`));
    return isAllowed ? undefined : { status: 401, error: 'the token is asked for' };
  }
}

/** Answers a request to upgrade with a refusal, and ends it. */
export function refuseUpgrade(socket: Duplex, { status, error }: Refusal): void {
  const body = `${error}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    ...(status === 401 ? ['www-authenticate: Bearer'] : []),
  ];
  // Nobody may be there any more.
  socket.on('error', () => {});
  // Ended by us alone, it would stay until the other side ends it, too: the server's limits do not hold for it any more.
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
