import { decoded, redactUrl } from '../chain/redact.ts';

/** A page was not answered, or is not what was asked for. The message is free of credentials. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  /** Nothing listens there. */
  readonly isNobody: boolean;
  constructor(message: string, isNobody: boolean) {
    super(message);
    this.isNobody = isNobody;
  }
}

export interface Page {
  readonly status: number;
  readonly text: string;
}

const LARGEST_BYTES = 8 * 1024 * 1024;
const NOBODY = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/**
 * Gets one page below a base URL, whose user and password go into a header. Redirects are not followed.
 *
 * @param stop gives it up before its time
 * @throws HttpFault when nothing answers in time, or with more than 8 MiB
 */
export async function httpGet(
  base: string,
  path: string,
  timeoutMs: number,
  stop?: AbortSignal,
): Promise<Page> {
  const url = URL.parse(`${base.replace(/\/+$/, '')}${path}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new HttpFault(`${redactUrl(base)} is no http or https URL`, false);
  }
  const headers = credentialsOf(url);
  const where = `${url.protocol}//${url.host}${path.replace(/\?.*/, '')}`;
  try {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    return { status: response.status, text: await readText(response, where) };
  } catch (error) {
    if (error instanceof HttpFault) throw error;
    if (stop?.aborted) throw new HttpFault(`${where}: given up before it answered`, false);
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new HttpFault(`${where}: no answer within ${timeoutMs} ms`, false);
    }
    const code = (error as { cause?: { code?: unknown } }).cause?.code;
    throw new HttpFault(
      `${where}: no connection (${code ?? 'no reason given'})`,
      NOBODY.includes(String(code)),
    );
  }
}

function credentialsOf(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const account = `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = '';
  url.password = '';
  return { authorization: `Basic ${Buffer.from(account).toString('base64')}` };
}

async function readText(response: Response, where: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_BYTES) throw new HttpFault(`${where}: more than ${LARGEST_BYTES} bytes`, false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
