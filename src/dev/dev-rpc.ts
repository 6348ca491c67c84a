/** What dev and test code reads of a block. Numbers are hexadecimal. */
export interface DevBlock {
  readonly hash: string;
  readonly number: string;
  readonly gasLimit: string;
  readonly baseFeePerGas?: string;
}

/**
 * One request to a local dev chain, `anvil_*` and `evm_*` methods included. Not for payments.
 *
 * @throws Error when it does not answer within 5 s, or answers with an error.
 */
export const devRpc = async <Result>(
  url: string,
  method: string,
  params: readonly unknown[],
): Promise<Result> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(5_000),
  });
  const answer = (await response.json()) as { result: Result; error?: { message: string } };
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
};
