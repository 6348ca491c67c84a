import type { Rpc } from './rpc.ts';
import { RpcFault } from './rpc-fault.ts';

const malformed = (method: string, what: string): RpcFault =>
  new RpcFault('malformed', `${method}: the result is not ${what}`);

const isHex = (value: unknown): value is `0x${string}` =>
  typeof value === 'string' && value.length <= 66 && /^0x[0-9a-f]+$/i.test(value);

/** Whether it looks like the hash of a block or a transaction. */
export const isHash = (value: unknown): value is `0x${string}` => isHex(value) && value.length === 66;

/** Reads a hexadecimal quantity; anything else is a `malformed` fault of that method. */
export const toQuantity = (value: unknown, method: string): bigint => {
  if (!isHex(value)) throw malformed(method, 'a quantity');
  return BigInt(value);
};

/** Reads an object, or `undefined` where the node knows none; anything else is a `malformed` fault. */
export const toRecord = (value: unknown, method: string): Record<string, unknown> | undefined => {
  if (value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw malformed(method, 'an object');
  return value as Record<string, unknown>;
};

/** Asks for one quantity. */
export const quantity = async (
  rpc: Rpc,
  method: string,
  params: readonly unknown[],
  signal?: AbortSignal,
): Promise<bigint> => toQuantity(await rpc.request(method, params, signal), method);

/** Asks for a block, "latest" or by number in hexadecimal; a block that the node does not have is a fault. */
export const getBlock = async (
  rpc: Rpc,
  block: string,
  signal?: AbortSignal,
  { withTransactions = false }: { readonly withTransactions?: boolean } = {},
): Promise<Record<string, unknown>> => {
  const method = 'eth_getBlockByNumber';
  const found = toRecord(await rpc.request(method, [block, withTransactions], signal), method);
  if (found === undefined) throw malformed(method, `block ${block}`);
  return found;
};
