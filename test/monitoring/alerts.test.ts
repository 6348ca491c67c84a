import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codeIn, readDoc, tableOf } from '../docs/markdown.ts';
import { ALERT_RULES, ALERTS, MONITORING, RECORDING_RULES, readAlertCases } from '../support/alert-rules.ts';
import { knownSeries } from '../support/known-series.ts';
import { seriesIn } from '../support/promql.ts';

const RUNBOOKS = 'https://github.com/treasury-breaker/treasury-breaker/blob/main/monitoring/runbooks';

const known = knownSeries();
const cases = readAlertCases();

test('the alerts that users rely on have their names', () => {
  expect(ALERTS).toEqual(
    expect.arrayContaining([
      'TreasuryCircuitBreakerOpen',
      'TreasuryCircuitBreakerFlapping',
      'TreasuryCircuitBreakerNotRecovered',
      'TreasuryCircuitBreakerIsolatedLong',
      'TreasuryExecutorAbsent',
    ]),
  );
});

describe.each(ALERT_RULES.map((rule) => [rule.alert, rule] as const))('%s', (alert, rule) => {
  test('says how urgent it is, what it means, and where to read on', () => {
    const { summary, description, runbook_url } = rule.annotations;
    expect(['critical', 'warning']).toContain(rule.labels['severity']);
    expect(summary).toMatch(/\S/);
    expect(description).toMatch(/\S\.$/);
    expect(runbook_url).toBe(`${RUNBOOKS}/${alert}.md`);
    expect(existsSync(`${MONITORING}/runbooks/${alert}.md`)).toBe(true);
  });

  test('fires in a test of its file, and does not in another', () => {
    const own = cases.filter(({ file, alertname }) => file === alert && alertname === alert);
    expect(new Set(own.map(({ isFiring }) => isFiring))).toEqual(new Set([true, false]));
  });
});

test('rules read series that exist, and what is recorded is read', () => {
  const rules = [...ALERT_RULES, ...RECORDING_RULES];
  const read = rules.flatMap(({ expr }) => seriesIn(expr));
  expect(rules.filter(({ expr }) => seriesIn(expr).length === 0)).toEqual([]);
  expect(read.filter((series) => !known.has(series))).toEqual([]);
  const unread = RECORDING_RULES.filter(({ record }) => !read.includes(record));
  expect(unread).toEqual([]);
});

test('monitoring/README.md lists every alert with its severities and its runbook, and no other', () => {
  const told = tableOf(readDoc('monitoring/README.md'), 'alert').map(([alert = '', severity = '']) => ({
    alert: codeIn(alert)[0],
    runbook: /\]\((.+)\)/.exec(alert)?.[1],
    severities: severity.match(/critical|warning/g),
  }));
  const are = ALERTS.map((alert) => ({
    alert,
    runbook: `runbooks/${alert}.md`,
    severities: ALERT_RULES.filter((rule) => rule.alert === alert).map(({ labels }) => labels['severity']),
  }));
  expect(told).toEqual(are);
});
