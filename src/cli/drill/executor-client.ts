import { decoded, redactUrl } from '../../chain/redact.ts';
import { ConfigurationError } from '../../errors.ts';
import { MetricsPage } from './metrics-page.ts';
import { METRIC, type Reading, readBreakerView, readingOf } from './reading.ts';
import { messageOf } from './steps.ts';

/** Nothing answers at the target. */
export class TargetUnreachableError extends Error {
  override readonly name = 'TargetUnreachableError';
}

/** Limit of one request. Milliseconds. */
const TIMEOUT_MS = 5_000;
/** A page of ours has a few kilobytes. */
const LARGEST_PAGE_BYTES = 4 * 1024 * 1024;
/** How often both pages are read anew when the breaker moved in between. */
const ATTEMPTS = 5;

/** The pages of an executor. It is asked nothing but GETs. */
export interface ExecutorClient {
  /** Where, without credentials. */
  readonly url: string;
  /**
   * `/metrics` and `/api/breaker` of one moment; `undefined` while the executor has no breaker yet.
   *
   * @throws TargetUnreachableError when it does not answer, ConfigurationError when it is no treasury
   */
  read(signal: AbortSignal): Promise<Reading | undefined>;
  /** What `/readyz` says against it; empty when it is ready. */
  unreadyReasons(signal: AbortSignal): Promise<readonly string[]>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function parseTarget(target: string): { readonly base: URL; readonly headers: Record<string, string> } {
  const url = URL.parse(target);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ConfigurationError(
      `--target must be the http URL of a running executor, like http://127.0.0.1:9615, got ${redactUrl(target)}`,
    );
  }
  const headers: Record<string, string> = {};
  if (url.username !== '' || url.password !== '') {
    // fetch refuses a URL with credentials; they belong in a header.
    const account = `${decoded(url.username)}:${decoded(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(account).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { base: url, headers };
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_PAGE_BYTES) throw new Error(`a page of more than ${LARGEST_PAGE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sameMoment = (a: Reading['breaker'], b: Reading['breaker']): boolean =>
  a.generation === b.generation && a.failures === b.failures && a.successes === b.successes;

/**
 * Reads the pages of an executor, without connecting yet.
 *
 * @throws ConfigurationError when the URL is none of http or https
 */
export function createExecutorClient(target: string): ExecutorClient {
  const { base, headers } = parseTarget(target);
  const url = redactUrl(target);
  const isNone = (why: string) =>
    new ConfigurationError(`${url} is no treasury executor: ${why}; give the URL that "treasury run" tells`);

  const get = async (path: string, signal: AbortSignal): Promise<Answer> => {
    try {
      const response = await fetch(new URL(path, base), {
        headers,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      return { status: response.status, text: await readText(response) };
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: string };
      const why = code ?? messageOf(error);
      throw new TargetUnreachableError(`${url} does not answer (${why}): is it running there?`, {
        cause: error,
      });
    }
  };

  const getBreaker = async (signal: AbortSignal) => {
    const { status, text } = await get('api/breaker', signal);
    if (status === 503 && parseJson(text) !== undefined) return undefined;
    if (status >= 500)
      throw new TargetUnreachableError(`${url} does not answer (HTTP ${status} at /api/breaker)`);
    if (status === 401 || status === 403) {
      throw new ConfigurationError(
        `${url} refuses to answer (HTTP ${status} at /api/breaker): name it by a loopback address, or start the executor with --allow-host`,
      );
    }
    const view = readBreakerView(parseJson(text));
    if (status !== 200 || view === undefined)
      throw isNone(`HTTP ${status} at /api/breaker without a breaker`);
    return view;
  };

  const getMetrics = async (signal: AbortSignal) => {
    const { status, text } = await get('metrics', signal);
    const page = new MetricsPage(text);
    if (status !== 200 || page.value(METRIC.state) === undefined) {
      throw isNone(`HTTP ${status} at /metrics without ${METRIC.state}`);
    }
    return page;
  };

  return {
    url,
    read: async (signal) => {
      for (let attempt = 1; ; attempt += 1) {
        const before = await getBreaker(signal);
        if (before === undefined) return undefined;
        const page = await getMetrics(signal);
        const after = await getBreaker(signal);
        // Two pages tell of one moment when the breaker stood still between them.
        if (after !== undefined && (sameMoment(before, after) || attempt === ATTEMPTS)) {
          return readingOf(page, after);
        }
      }
    },
    unreadyReasons: async (signal) => {
      const { status, text } = await get('readyz', signal);
      if (status === 200) return [];
      const { reasons } = (parseJson(text) ?? {}) as { reasons?: unknown };
      return Array.isArray(reasons) ? reasons.map(String) : [`HTTP ${status} at /readyz`];
    },
  };
}
