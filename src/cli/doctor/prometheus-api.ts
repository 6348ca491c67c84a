import { HttpFault } from '../http-get.ts';

/** An alerting rule that Prometheus has loaded. */
export interface Rule {
  readonly name: string;
  /** Why its last evaluation failed; empty when it did not. */
  readonly lastError: string;
}

/** A target that Prometheus scrapes. */
export interface Target {
  readonly job: string;
  readonly instance: string;
  readonly isUp: boolean;
  /** Why its last scrape failed; empty when it did not. */
  readonly lastError: string;
  /** Milliseconds; `undefined` where it is not told. */
  readonly intervalMs: number | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** @throws HttpFault when it is no answer of Prometheus' HTTP API */
function dataOf(body: string): Fields {
  const { status, data } = fields(parsed(body));
  if (status !== 'success') throw new HttpFault('what answers there is no Prometheus', false);
  return fields(data);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Reads an answer of `/api/v1/rules`. */
export const readRules = (body: string): readonly Rule[] =>
  list(dataOf(body)['groups'])
    .flatMap((group) => list(group['rules']))
    .map((rule) => ({ name: text(rule['name']), lastError: text(rule['lastError']) }));

/** Reads an answer of `/api/v1/targets`. */
export const readTargets = (body: string): readonly Target[] =>
  list(dataOf(body)['activeTargets']).map((target) => {
    const labels = fields(target['labels']);
    return {
      job: text(labels['job']),
      instance: text(labels['instance']),
      isUp: target['health'] === 'up',
      lastError: text(target['lastError']),
      intervalMs: readPeriod(text(target['scrapeInterval'])),
    };
  });

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Prometheus' durations have several parts: `1m30s`. */
function readPeriod(period: string): number | undefined {
  if (!/^(?:[0-9]+(?:ms|s|m|h))+$/.test(period)) return undefined;
  const parts = [...period.matchAll(/([0-9]+)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0);
}

/** Reads an answer of `/api/v1/alertmanagers`: how many there are. */
export const countAlertmanagers = (body: string): number => list(dataOf(body)['activeAlertmanagers']).length;
