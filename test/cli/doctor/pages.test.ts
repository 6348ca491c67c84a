import { describe, expect, test } from 'vitest';
import { judgeRules, judgeTargets } from '../../../src/cli/doctor/alerts.ts';
import { judgeMetrics } from '../../../src/cli/doctor/metrics.ts';
import { countAlertmanagers, readRules, readTargets } from '../../../src/cli/doctor/prometheus-api.ts';
import { HttpFault } from '../../../src/cli/http-get.ts';
import { told } from './told.ts';

const WHERE = 'http://127.0.0.1:9615';

const metricsPage = (more: Readonly<Record<string, number>> = {}): string =>
  Object.entries({
    treasury_circuit_breaker_state: 0,
    treasury_circuit_breaker_failures: 0,
    treasury_circuit_breaker_successes: 0,
    treasury_circuit_breaker_isolated: 0,
    treasury_executor_lease_held: 1,
    ...more,
  })
    .map(([name, value]) => `# HELP ${name} text\n# TYPE ${name} gauge\n${name} ${value}\n`)
    .join('');

describe('a page of metrics', () => {
  const ready = { status: 200, text: '{"status":"ready"}' };
  const judge = (more: Readonly<Record<string, number>>, readiness = ready) =>
    told(judgeMetrics(WHERE, { status: 200, text: metricsPage(more) }, readiness));

  test('of an executor that pays, and of one on standby, is fine', () => {
    expect(judge({})).toBe('');
    expect(judge({ treasury_circuit_breaker_state: 2 })).toBe('');
    // What a standby shows is the breaker as it was when it held the lease.
    expect(judge({ treasury_circuit_breaker_state: 1, treasury_executor_lease_held: 0 })).toBe('');
  });

  test('tells of a breaker that lets nothing through', () => {
    expect(judge({ treasury_circuit_breaker_state: 1 })).toMatch(
      /^warning the breaker is OPEN: .* -> see what the RPC/,
    );
    expect(judge({ treasury_circuit_breaker_state: 1, treasury_circuit_breaker_isolated: 1 })).toMatch(
      /^warning the breaker is isolated by an order: .* -> .*treasury breaker reset ends it$/,
    );
  });

  test('that lacks a gauge, or is none, is of another program', () => {
    const page = metricsPage().replaceAll('treasury_circuit_breaker_failures', 'other');
    expect(told(judgeMetrics(WHERE, { status: 200, text: page }, ready))).toMatch(
      /^failed http:\/\/127\.0\.0\.1:9615\/metrics answers without treasury_circuit_breaker_failures -> /,
    );
    expect(told(judgeMetrics(WHERE, { status: 404, text: '' }, ready))).toMatch(
      /^failed .* answers with HTTP 404 -> /,
    );
  });

  test('of an executor that is not ready is a fault, with its reasons in one line', () => {
    const reasons = ['executor: faulted', 'store: unreachable'];
    const judged = judge({}, { status: 503, text: JSON.stringify({ reasons }) });
    expect(judged).toMatch(/^failed .* is not ready: executor: faulted; store: unreachable -> /);
    expect(judge({}, { status: 502, text: '<html>' })).toMatch(/is not ready: HTTP 502 -> /);
  });
});

describe("Prometheus' answers", () => {
  const answer = (data: unknown) => JSON.stringify({ status: 'success', data });
  const rule = (name: string, lastError?: string) => ({ name, type: 'alerting', lastError });

  test('are read, whatever is in them', () => {
    const groups = [{ rules: [rule('A'), rule('B', 'many-to-many')] }, { rules: 7 }, null];
    expect(readRules(answer({ groups }))).toEqual([
      { name: 'A', lastError: '' },
      { name: 'B', lastError: 'many-to-many' },
    ]);
    const labels = { job: 'treasury', instance: 'a:1' };
    expect(
      readTargets(
        answer({
          activeTargets: [{ labels, health: 'down', lastError: 'refused', scrapeInterval: '1m30s' }, {}],
        }),
      ),
    ).toEqual([
      { job: 'treasury', instance: 'a:1', isUp: false, lastError: 'refused', intervalMs: 90_000 },
      { job: '', instance: '', isUp: false, lastError: '', intervalMs: undefined },
    ]);
    expect(countAlertmanagers(answer({ activeAlertmanagers: [{ url: 'x' }] }))).toBe(1);
    expect(countAlertmanagers(answer({}))).toBe(0);
  });

  test.each(['<html>', '{}', '[]', 'null', '{"status":"error","error":"x"}'])('%s is none', (body) => {
    expect(() => readRules(body)).toThrow(HttpFault);
  });

  test('an alert that is missing, or cannot be evaluated, is a fault', () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    const rules = names.map((name) => ({ name, lastError: '' }));
    expect(judgeRules(names, [...rules, { name: 'Mine', lastError: 'x' }])).toEqual([]);
    expect(told(judgeRules(names, rules.slice(4)))).toMatch(
      /^failed 4 of 5 alerts are missing: A, B, C and 1 more -> add .*monitoring\/alerts\.yml to rule_files/,
    );
    expect(told(judgeRules(['A'], [{ name: 'A', lastError: 'many-to-many' }]))).toMatch(
      /^failed the alert A cannot be evaluated: many-to-many -> /,
    );
  });

  test('a target that is missing or down is a fault', () => {
    const up = { job: 'treasury', instance: 'a:1', isUp: true, lastError: '', intervalMs: 30_000 };
    expect(judgeTargets([up])).toEqual([]);
    expect(told(judgeTargets([]))).toMatch(/^failed it scrapes no job "treasury" -> /);
    expect(told(judgeTargets([up, { ...up, isUp: false, lastError: 'refused' }]))).toMatch(
      /^failed it cannot scrape a:1: refused -> /,
    );
    expect(told(judgeTargets([{ ...up, isUp: false }]))).toContain('not scraped yet');
    expect(told(judgeTargets([up, { ...up, intervalMs: 60_000 }]))).toMatch(
      /^warning it scrapes every 60 s, and the alerts were written for 30 s -> set scrape_interval/,
    );
    expect(judgeTargets([{ ...up, intervalMs: undefined }])).toEqual([]);
  });
});
