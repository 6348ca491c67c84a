/**
 * Loads a part of the package that needs optional packages.
 *
 * Node's own error names what it did not find and where; what to do about it is known here.
 *
 * @throws (as a rejection) Error with the command that installs the missing package
 */
export async function withPeer<Part>(
  subpath: string,
  peers: readonly string[],
  load: () => Promise<Part>,
): Promise<Part> {
  try {
    return await load();
  } catch (error) {
    const missing = peers.find((peer) => isMissing(error, peer));
    if (missing === undefined) throw error;
    const text = `treasury-breaker/${subpath} needs ${missing}, which is not installed: npm install ${missing}`;
    throw new Error(text, { cause: error });
  }
}

/** Also a part of it: `kysely/migration`. */
function isMissing(error: unknown, peer: string): boolean {
  const { code, message = '' } = (error ?? {}) as { readonly code?: unknown; readonly message?: string };
  return code === 'ERR_MODULE_NOT_FOUND' && (message.includes(`'${peer}'`) || message.includes(`'${peer}/`));
}
