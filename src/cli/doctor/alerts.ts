import { redactUrl } from '../../chain/redact.ts';
import { HttpFault, httpGet } from '../http-get.ts';
import { alertsFile, namesOfAlerts } from './alert-names.ts';
import { type Check, type Finding, failed, problemsOr, warning } from './check.ts';
import { findingOf } from './from-error.ts';
import { countAlertmanagers, type Rule, readRules, readTargets, type Target } from './prometheus-api.ts';
import { counted, seconds } from './texts.ts';

/** Whether Prometheus scrapes the executor, has its alerts, and somebody to tell of them. */
export const alerts: Check = {
  name: 'alerts',
  async examine({ options: { prometheusUrl, checkTimeout } }) {
    if (prometheusUrl === undefined) {
      return [
        warning(
          'no Prometheus was given',
          'give --prometheus-url; monitoring/prometheus.yml of this package sets one up',
        ),
      ];
    }
    const names = await namesOfAlerts();
    const where = redactUrl(prometheusUrl);
    const ask = async (path: string) => {
      const { status, text } = await httpGet(prometheusUrl, `/api/v1/${path}`, checkTimeout);
      if (status === 200) return text;
      throw new HttpFault(`${where} answers with HTTP ${status}`, false);
    };
    try {
      const [rules, targets, alertmanagers] = await Promise.all([
        ask('rules?type=alert').then(readRules),
        ask('targets?state=active').then(readTargets),
        ask('alertmanagers').then(countAlertmanagers),
      ]);
      const ours = targets.filter(({ job }) => job === JOB);
      return problemsOr(
        [...judgeRules(names, rules), ...judgeTargets(ours), ...judgeAlertmanagers(alertmanagers)],
        `${where} has all ${names.length} alerts, and scrapes ${counted(ours.length, 'executor')}`,
      );
    } catch (error) {
      return [findingOf(error, 'start Prometheus, or correct --prometheus-url')];
    }
  },
};

/** As monitoring/prometheus.yml names it, and the alerts expect it. */
const JOB = 'treasury';
/** The alerts count scrapes. */
const LONGEST_INTERVAL_MS = 30_000;
/** More names would not fit into a line, and they have one cause. */
const NAMED = 3;

/** @param names of the alerts that there should be */
export function judgeRules(names: readonly string[], rules: readonly Rule[]): readonly Finding[] {
  const missing = names.filter((name) => rules.every((rule) => rule.name !== name));
  const broken = rules.filter((rule) => names.includes(rule.name) && rule.lastError !== '');
  return [
    ...(missing.length === 0
      ? []
      : [
          failed(
            `${missing.length} of ${counted(names.length, 'alert')} are missing: ${some(missing)}`,
            `add ${alertsFile()} to rule_files of Prometheus, and let it reload`,
          ),
        ]),
    ...broken
      .slice(0, NAMED)
      .map(({ name, lastError }) =>
        failed(
          `the alert ${name} cannot be evaluated: ${lastError}`,
          `take the rule as ${alertsFile()} has it`,
        ),
      ),
  ];
}

const some = (names: readonly string[]): string =>
  names.length <= NAMED
    ? names.join(', ')
    : `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;

/** @param ours the targets of our job */
export function judgeTargets(ours: readonly Target[]): readonly Finding[] {
  if (ours.length === 0) {
    return [
      failed(
        `it scrapes no job "${JOB}"`,
        'take the scrape job from monitoring/prometheus.yml, with the address of the executor',
      ),
    ];
  }
  const down = ours.filter(({ isUp }) => !isUp).slice(0, NAMED);
  const slowest = Math.max(...ours.map(({ intervalMs = 0 }) => intervalMs));
  return [
    ...down.map(({ instance, lastError }) =>
      failed(
        `it cannot scrape ${instance}: ${lastError === '' ? 'not scraped yet' : lastError}`,
        'start the executor there, or correct the target',
      ),
    ),
    ...(slowest <= LONGEST_INTERVAL_MS ? [] : [tooSlow(slowest)]),
  ];
}

const tooSlow = (intervalMs: number): Finding =>
  warning(
    `it scrapes every ${seconds(intervalMs)}, and the alerts were written for ${seconds(LONGEST_INTERVAL_MS)}`,
    `set scrape_interval of the job "${JOB}" to 30s`,
  );

function judgeAlertmanagers(count: number): readonly Finding[] {
  if (count > 0) return [];
  return [
    warning(
      'it knows no Alertmanager: alerts reach nobody',
      'name one under alerting in the configuration of Prometheus',
    ),
  ];
}
