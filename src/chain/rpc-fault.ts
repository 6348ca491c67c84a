/**
 * How far a request came that brought no result:
 * - `unsent`: no connection was made, so nothing left.
 * - `unanswered`: time-out, reset or abort; what the node did with it is unknown.
 * - `http`: an HTTP status other than 2xx, without a JSON-RPC error in its body.
 * - `answered`: the node's own JSON-RPC error.
 * - `malformed`: something that is no JSON-RPC answer, or a result of the wrong shape.
 */
export type RpcFaultKind = 'unsent' | 'unanswered' | 'http' | 'answered' | 'malformed';

const LONGEST_REMOTE = 500;

const isLetter = (char: string | undefined): boolean => char !== undefined && char >= 'a' && char <= 'z';

/**
 * A JSON-RPC request that failed, safe to log: the message holds neither the URL nor the request.
 * The node's text is kept privately, for `says` alone, because it may repeat what it was sent.
 */
export class RpcFault extends Error {
  override readonly name = 'RpcFault';
  readonly kind: RpcFaultKind;
  /** HTTP status, where there was a response. */
  readonly status: number | undefined;
  /** Code of the JSON-RPC error. It decides nothing alone: anvil has one code for an empty account and a used nonce. */
  readonly code: number | undefined;
  readonly #remote: string;

  constructor(
    kind: RpcFaultKind,
    message: string,
    detail: { status?: number | undefined; code?: number | undefined; remote?: string } = {},
  ) {
    super(message);
    this.kind = kind;
    this.status = detail.status;
    this.code = detail.code;
    // Cut before anything reads it: remote text must not be able to make us slow.
    this.#remote = (detail.remote ?? '').slice(0, LONGEST_REMOTE).toLowerCase();
  }

  /** The same of a certain method, which its message then names. */
  of(method: string): RpcFault {
    const { status, code } = this;
    return new RpcFault(this.kind, `${method}: ${this.message}`, { status, code, remote: this.#remote });
  }

  /** Whether the node's text has one of these phrases (lower case), each beginning a word: "known transaction" is not in "unknown transaction". */
  says(phrases: readonly string[]): boolean {
    return phrases.some((phrase) => {
      let at = this.#remote.indexOf(phrase);
      while (at > 0 && isLetter(this.#remote[at - 1])) at = this.#remote.indexOf(phrase, at + 1);
      return at >= 0;
    });
  }
}

/** The RPC could not be reached, or does not answer like an Ethereum node, when it was opened. */
export class ChainUnreachableError extends Error {
  override readonly name = 'ChainUnreachableError';
}
