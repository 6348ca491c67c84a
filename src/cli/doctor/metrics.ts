import { isIPv6 } from 'node:net';
import { redactUrl } from '../../chain/redact.ts';
import { HttpFault, httpGet, type Page } from '../http-get.ts';
import { MetricsPage } from '../metrics-page.ts';
import { type Check, type Finding, failed, problemsOr, warning } from './check.ts';
import type { DoctorOptions } from './subject.ts';
import { roughly } from './texts.ts';

/** Whether the executor that runs shows what the original showed, and is ready. */
export const metrics: Check = {
  name: 'metrics',
  async examine({ options }) {
    const url = options.url ?? servedAt(options);
    if (url === undefined) {
      return [warning('which port the executor serves on is not known', 'say it with --url or --port')];
    }
    const where = redactUrl(url);
    let pages: readonly [Page, Page];
    try {
      pages = await Promise.all([
        httpGet(url, '/metrics', options.checkTimeout),
        httpGet(url, '/readyz', options.checkTimeout),
      ]);
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      if (!error.isNobody) return [failed(error.message, 'restart the executor, or correct --url')];
      return [
        warning(
          `no executor answers at ${where}`,
          'start treasury run, then run treasury doctor again; --url says where it serves',
        ),
      ];
    }
    const [page, ready] = pages;
    return problemsOr(
      judgeMetrics(where, page, ready),
      describe(where, new MetricsPage(page.text), Date.now()),
    );
  },
};

/** `undefined`: the system chose a port. */
function servedAt({ host = '127.0.0.1', port }: DoctorOptions): string | undefined {
  if (port === 0) return undefined;
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** The original's three, by which its alerts go. */
const GAUGES = [
  'treasury_circuit_breaker_state',
  'treasury_circuit_breaker_failures',
  'treasury_circuit_breaker_successes',
];
const LEASE = 'treasury_executor_lease_held';
const LAST_TICK = 'treasury_executor_last_tick_timestamp_seconds';

export function judgeMetrics(where: string, page: Page, ready: Page): readonly Finding[] {
  const samples = new MetricsPage(page.text);
  const missing = GAUGES.filter((name) => samples.value(name) === undefined);
  if (page.status !== 200 || missing.length > 0) {
    const lacks = page.status === 200 ? `without ${missing.join(', ')}` : `with HTTP ${page.status}`;
    return [
      failed(
        `${where}/metrics answers ${lacks}`,
        'say with --url where treasury run serves: another program is there',
      ),
    ];
  }
  if (ready.status !== 200) {
    return [
      failed(
        `${where} is not ready: ${reasonsOf(ready)}`,
        'see what the executor prints; restart it once that is mended',
      ),
    ];
  }
  // A standby's breaker is not in use, and may show what was.
  return samples.value(LEASE) === 0 ? [] : judgeState(samples);
}

function judgeState(samples: MetricsPage): readonly Finding[] {
  if (samples.value('treasury_circuit_breaker_isolated') === 1) {
    return [
      warning(
        'the breaker is isolated by an order: nothing is submitted',
        'treasury breaker status tells by whom and why; treasury breaker reset ends it',
      ),
    ];
  }
  if (samples.value('treasury_circuit_breaker_state') !== 1) return [];
  return [
    warning(
      'the breaker is OPEN: nothing is submitted',
      'see what the RPC answers; it closes by itself when that does',
    ),
  ];
}

/** The server's own texts, if it is one of ours. */
function reasonsOf({ status, text }: Page): string {
  try {
    const { reasons } = JSON.parse(text) as { reasons?: unknown };
    if (Array.isArray(reasons) && reasons.length > 0) return reasons.slice(0, 5).join('; ').slice(0, 300);
  } catch {
    // Not ours: its status is all that is told.
  }
  return `HTTP ${status}`;
}

function describe(where: string, samples: MetricsPage, now: number): string {
  const lastTick = samples.value(LAST_TICK);
  const [, failures, successes] = GAUGES.map((name) => samples.value(name));
  const role = samples.value(LEASE) === 0 ? ', on standby' : '';
  const ticked = lastTick === undefined ? '' : `, last tick ${roughly(now - lastTick * 1000)} ago`;
  return `${where} is ready${role}${ticked}; the original's three gauges are there: ${failures} failures, ${successes} successes`;
}
