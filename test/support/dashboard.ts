import { readFileSync } from 'node:fs';

interface DataSource {
  readonly type: string;
  readonly uid: string;
}

interface Target {
  readonly refId: string;
  readonly datasource: DataSource;
  readonly expr: string;
  readonly instant: boolean;
}

interface ValueMapping {
  readonly type: string;
  readonly options: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: DataSource;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly mappings?: readonly ValueMapping[] };
  };
  readonly options?: { readonly yAxis?: { readonly unit?: string } };
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
  readonly datasource?: DataSource;
}

interface Annotation {
  readonly name: string;
  readonly builtIn?: number;
  readonly datasource: DataSource;
  readonly expr?: string;
}

/** What Grafana reads of a dashboard, as far as tests look at it. */
export interface Dashboard {
  readonly uid: string;
  readonly refresh: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly Annotation[] };
}

/** An expression of a dashboard, and where it stands. */
export interface Expression {
  readonly where: string;
  readonly expr: string;
  /** Asked for at one time and not over a range. */
  readonly isInstant: boolean;
}

const FILE = new URL('../../monitoring/grafana/treasury.json', import.meta.url);

export const readDashboard = (): Dashboard => JSON.parse(readFileSync(FILE, 'utf8'));

/** Of every panel and every annotation, as they are written. */
export const expressionsOf = ({ panels, annotations }: Dashboard): readonly Expression[] => [
  ...panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr, instant }) => ({ where: `${title}, ${refId}`, expr, isInstant: instant })),
  ),
  ...annotations.list.flatMap(({ name, expr }) =>
    expr === undefined ? [] : [{ where: `annotation ${name}`, expr, isInstant: false }],
  ),
];

/** The expression of a panel's target. */
export function expressionOf(dashboard: Dashboard, title: string, refId = 'A'): string {
  const found = expressionsOf(dashboard).find(({ where }) => where === `${title}, ${refId}`);
  if (found === undefined) throw new Error(`no panel ${title} with a target ${refId}`);
  return found.expr;
}

/** `label_values(series, label)`, taken apart. */
export function labelValuesOf({ name, definition = '' }: Variable): { match: string; label: string } {
  const [, match = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
  if (label === '') throw new Error(`${name} is not a list of label values: ${definition}`);
  return { match, label };
}

/** What is chosen at the top of the page; no `instance` is "All". */
export interface Chosen {
  readonly job: string;
  readonly instance?: string;
}

/** Of a data source that says of itself that it scrapes each 15 s, which is what Grafana assumes. */
const RATE_INTERVAL = '60s';

/**
 * Puts in what Grafana puts in: a value that was chosen from a list with several choices is escaped for a regular
 * expression within a string.
 *
 * @throws Error when a variable is left that nobody gives
 */
export function interpolate(expr: string, { job, instance }: Chosen): string {
  const escaped = instance?.replaceAll('\\', '\\\\\\\\').replaceAll(/[$^*{}[\]+?.()|]/g, '\\\\$&');
  const values = new Map([
    ['job', job],
    ['instance', escaped ?? '.*'],
    ['__rate_interval', RATE_INTERVAL],
  ]);
  return expr.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`nobody gives $${name} in ${expr}`);
    return value;
  });
}

/** The metrics that an expression reads, a histogram by its own name. */
export const metricsIn = (expr: string): readonly string[] =>
  (expr.match(/\btreasury_\w+/g) ?? []).map((name) => name.replace(/_(bucket|sum|count)$/, ''));
