import { createHash, timingSafeEqual } from 'node:crypto';

/** What a token looks like, for messages. */
export const TOKEN_EXPECTED = 'at least 16 printable ASCII characters without spaces';

/** Whether a text may be a token: long enough not to be guessed, and fit for a header. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]{16,}$/.test(text);

/** Whether an `Authorization` header carries the token; `undefined` stands for none. */
export type TokenCheck = (authorization: string | undefined) => boolean;

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Makes the check of `Authorization: Bearer <token>`, for servers of any kind. It takes the same time whatever was
 * given, and keeps no more than a hash.
 *
 * @throws RangeError when the token is none that {@link isToken}; the message does not repeat it
 * @example
 * ```ts
 * const isAllowed = createTokenCheck(token);
 * if (!isAllowed(request.headers.authorization)) response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
 * ```
 */
export function createTokenCheck(token: string): TokenCheck {
  if (!isToken(token)) throw new RangeError(`the token must be ${TOKEN_EXPECTED}`);
  const expected = digestOf(token);
  return (authorization) => {
    const [, given] = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '') ?? [];
    // Hashes are of one length: nothing about the token's own shows in the time.
    return given !== undefined && timingSafeEqual(digestOf(given), expected);
  };
}
