import { redactUrl } from '../../chain/redact.ts';
import { ConfigurationError } from '../../errors.ts';
import { HttpFault, httpGet, type Page } from '../http-get.ts';
import { MetricsPage } from '../metrics-page.ts';
import { type BreakerView, METRIC, type Reading, readBreakerView, readingOf } from './reading.ts';

/** Nothing answers at the target. */
export class TargetUnreachableError extends Error {
  override readonly name = 'TargetUnreachableError';
}

/** Limit of one request. Milliseconds. */
const TIMEOUT_MS = 5_000;
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isSameMoment = (a: BreakerView, b: BreakerView): boolean =>
  a.generation === b.generation && a.failures === b.failures && a.successes === b.successes;

/**
 * Reads the pages of an executor, without connecting yet.
 *
 * @throws ConfigurationError when the URL is none of http or https
 */
export function createExecutorClient(target: string): ExecutorClient {
  const url = redactUrl(target);
  if (!/^https?:$/.test(URL.parse(target)?.protocol ?? '')) {
    throw new ConfigurationError(
      `--target must be the http URL of a running executor, like http://127.0.0.1:9615, got ${url}`,
    );
  }
  const get = (path: string, signal: AbortSignal) => getPage(target, path, signal);
  return {
    url,
    read: async (signal) => {
      for (let attempt = 1; ; attempt += 1) {
        const before = breakerOn(url, await get('/api/breaker', signal));
        if (before === undefined) return undefined;
        const page = metricsOn(url, await get('/metrics', signal));
        const after = breakerOn(url, await get('/api/breaker', signal));
        // Two pages tell of one moment when the breaker stood still between them.
        if (after !== undefined && (isSameMoment(before, after) || attempt === ATTEMPTS)) {
          return readingOf(page, after);
        }
      }
    },
    unreadyReasons: async (signal) => {
      const { status, text } = await get('/readyz', signal);
      if (status === 200) return [];
      const { reasons } = (parseJson(text) ?? {}) as { reasons?: unknown };
      return Array.isArray(reasons) ? reasons.map(String) : [`HTTP ${status} at /readyz`];
    },
  };
}

async function getPage(target: string, path: string, signal: AbortSignal): Promise<Page> {
  try {
    return await httpGet(target, path, TIMEOUT_MS, signal);
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    const question = signal.aborted ? '' : ': is an executor running there?';
    throw new TargetUnreachableError(`${error.message}${question}`, { cause: error });
  }
}

const isNone = (url: string, why: string): ConfigurationError =>
  new ConfigurationError(`${url} is no treasury executor: ${why}; give the URL that "treasury run" tells`);

/** `undefined`: it has no breaker yet. */
function breakerOn(url: string, { status, text }: Page): BreakerView | undefined {
  const answer = parseJson(text);
  if (status === 503 && answer !== undefined) return undefined;
  if (status >= 500) throw new TargetUnreachableError(`${url} does not answer: HTTP ${status}`);
  if (status === 401 || status === 403) {
    throw new ConfigurationError(
      `${url} refuses to answer (HTTP ${status} at /api/breaker): name it by a loopback address, or start the executor with --allow-host`,
    );
  }
  const view = readBreakerView(answer);
  if (status !== 200 || view === undefined) {
    throw isNone(url, `HTTP ${status} at /api/breaker without a breaker`);
  }
  return view;
}

function metricsOn(url: string, { status, text }: Page): MetricsPage {
  const page = new MetricsPage(text);
  if (status !== 200 || page.value(METRIC.state) === undefined) {
    throw isNone(url, `HTTP ${status} at /metrics without ${METRIC.state}`);
  }
  return page;
}
