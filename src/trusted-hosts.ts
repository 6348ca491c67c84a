import { isIPv4, isIPv6 } from 'node:net';
import { ConfigurationError } from './errors.ts';

interface Authority {
  readonly hostname: string;
  /** As it was written, empty when it was not. */
  readonly port: string;
}

const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9_][a-z0-9._-]*)(?::([0-9]{1,5}))?$/;

function parseAuthority(text: string): Authority | undefined {
  const [, hostname, port = ''] = AUTHORITY.exec(text.toLowerCase()) ?? [];
  return hostname === undefined ? undefined : { hostname, port };
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));

/**
 * Decides which requests come from a page or program that means this server.
 *
 * A page of the internet can let its own name point to 127.0.0.1, and the browser then takes us for that page's own
 * server (DNS rebinding); the `Host` header still has the foreign name. `Origin` tells the pages that ask across.
 */
export class TrustedHosts {
  readonly #allowed: ReadonlySet<string>;

  /** @throws ConfigurationError when one of the names is none */
  constructor(allowHosts: readonly string[] = []) {
    this.#allowed = new Set(
      allowHosts.map((name) => {
        const authority = parseAuthority(isIPv6(name) ? `[${name}]` : name);
        if (authority !== undefined) return authority.hostname;
        throw new ConfigurationError(
          `${JSON.stringify(name)} is no host: --allow-host takes a name or an address, like treasury.example`,
        );
      }),
    );
  }

  /** Whether a `Host` header names us, with whatever port: it may be mapped. */
  isHost(header: string | undefined): boolean {
    const host = parseAuthority(header ?? '');
    return host !== undefined && (isLoopback(host.hostname) || this.#allowed.has(host.hostname));
  }

  /**
   * Whether a page with this `Origin` may ask: one of an allowed name, or a loopback page of the very port that was
   * asked. Another port of this machine is another program.
   */
  isOrigin(origin: string, hostHeader: string | undefined): boolean {
    const [, text = ''] = /^https?:\/\/(.+)$/i.exec(origin) ?? [];
    const page = parseAuthority(text);
    if (page === undefined) return false;
    if (this.#allowed.has(page.hostname)) return true;
    const host = parseAuthority(hostHeader ?? '');
    return isLoopback(page.hostname) && isLoopback(host?.hostname ?? '') && page.port === host?.port;
  }
}
