import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { packageFile } from '../package-file.ts';

/** The rules that come with the package. */
export const alertsFile = (): string => packageFile('monitoring', 'alerts.yml');

interface RulesFile {
  readonly groups: readonly { readonly rules: readonly { readonly alert?: string }[] }[];
}

/** The names of all alerts that the package ships. */
export async function namesOfAlerts(): Promise<readonly string[]> {
  const { groups } = parse(await readFile(alertsFile(), 'utf8')) as RulesFile;
  const named = groups.flatMap(({ rules }) => rules).flatMap(({ alert }) => alert ?? []);
  // An alert may have several rules.
  return [...new Set(named)];
}
