import { withBatches } from './batches.ts';
import type { EndpointOptions } from './endpoint.ts';
import { createExchange } from './exchange.ts';

/** One JSON-RPC endpoint. Every failure is an `RpcFault`, free of secrets. */
export interface Rpc {
  /**
   * Sends one call. Reads of the same turn of the event loop may travel in one request; anything else goes alone, at
   * once, exactly once: nothing is retried at this level, because the caller may be moving money.
   */
  request(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown>;
  /** Ends what is in flight; later requests fail. */
  close(): void;
}

/**
 * Opens an endpoint without connecting.
 *
 * Our own requests instead of viem's transport, for three reasons: viem retries by default, its errors hold the URL and
 * the signed bytes, and it loses the HTTP status (a 401!) when a body that claims to be JSON is not.
 *
 * @throws ConfigurationError when the URL is none.
 */
export const createRpc = (options: EndpointOptions): Rpc => {
  const exchange = createExchange(options);
  return { request: withBatches(exchange), close: exchange.close };
};
