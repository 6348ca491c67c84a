/** Longest piece of remote text that is ever read or repeated, in characters. */
const LONGEST_TEXT = 500;

/** Takes secrets out of text that came from elsewhere and makes it one short line. */
export type Redactor = (text: string) => string;

/**
 * The URL without what may be a credential: user, password, path, query and fragment. Providers put their keys in the
 * path and the query, so only scheme, host and port are shown.
 */
export const redactUrl = (url: string): string => {
  if (!URL.canParse(url)) return '<not a URL>';
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname.length > 1 || search !== '' ? '/…' : ''}`;
};

// A shorter path or query part is a version or a network name ("v3", "rpc"): no key is that short.
const SHORTEST_KEY = 6;

/** Percent-decoded where that is possible. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const secretsOf = (url: URL): string[] => {
  const account = [url.username, url.password].filter((part) => part !== '');
  const keys = [...url.pathname.split('/'), ...url.searchParams.values(), url.hash.slice(1)].filter(
    (part) => part.length >= SHORTEST_KEY,
  );
  const basic = Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64');
  const all = [...account, ...keys, ...(account.length > 0 ? [basic] : [])];
  // The longest first: a secret that contains another must not be torn apart before it is found.
  return [...new Set(all.flatMap((part) => [part, decoded(part)]))].sort((a, b) => b.length - a.length);
};

/**
 * A redactor for the texts of one endpoint. A node may repeat the key that it was called with ("invalid key abc"), and
 * the bytes that it was sent; both are taken out, as are control characters, so that a log line stays a line.
 */
export const createRedactor = (url: URL): Redactor => {
  const secrets = secretsOf(url);
  return (text) => {
    // Cut twice: generously first, so that no secret is cut in half where the second cut falls.
    let safe = text.slice(0, 20 * LONGEST_TEXT);
    for (const secret of secrets) safe = safe.replaceAll(secret, '***');
    return safe
      .slice(0, LONGEST_TEXT)
      .replace(/0x[0-9a-f]{65,}/gi, '0x…')
      .replace(/\p{Cc}+/gu, ' ');
  };
};
