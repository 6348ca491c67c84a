import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const MONITORING = fileURLToPath(new URL('../../monitoring', import.meta.url));

/** An alert of Prometheus, as far as tests look at it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A series that Prometheus makes of others. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** What is expected of an alert at one time, in a file of promtool's. */
export interface AlertCase {
  readonly file: string;
  readonly alertname: string;
  readonly isFiring: boolean;
}

const readYaml = (path: string): unknown => parse(readFileSync(`${MONITORING}/${path}`, 'utf8'));

const rules = (
  readYaml('alerts.yml') as {
    readonly groups: readonly { readonly rules: readonly (AlertRule | RecordingRule)[] }[];
  }
).groups.flatMap((group) => group.rules);

export const ALERT_RULES = rules.filter((rule): rule is AlertRule => 'alert' in rule);
export const RECORDING_RULES = rules.filter((rule): rule is RecordingRule => 'record' in rule);
export const ALERTS: readonly string[] = [...new Set(ALERT_RULES.map(({ alert }) => alert))];

/** The files of promtool's, by their paths within the folder. */
export const ALERT_TESTS: readonly string[] = globSync('tests/*.yml', { cwd: MONITORING }).toSorted();

interface TestFile {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly unknown[];
    }[];
  }[];
}

export const readAlertCases = (): readonly AlertCase[] =>
  ALERT_TESTS.flatMap((path) =>
    (readYaml(path) as TestFile).tests.flatMap((test) =>
      test.alert_rule_test.map(({ alertname, exp_alerts }) => ({
        file: basename(path, '.yml'),
        alertname,
        isFiring: exp_alerts.length > 0,
      })),
    ),
  );
