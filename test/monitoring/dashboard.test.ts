import { describe, expect, test } from 'vitest';
import { leastDistance } from '../support/colour-blindness.ts';
import { expressionsOf, labelValuesOf, metricsIn, readDashboard } from '../support/dashboard.ts';

// Its form, as Grafana needs it and a person on call; what its expressions give, test/system/monitoring asks Prometheus.

const COLUMNS = 24;
const UNITS = ['s', 'short', 'ops', 'dateTimeFromNow'];

const dashboard = readDashboard();
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const rows = dashboard.panels.filter(({ type }) => type === 'row');
const expressions = expressionsOf(dashboard);

describe('the dashboard', () => {
  test('can be imported again and again: ids of its own, for itself and each panel', () => {
    expect(dashboard.uid).toBe('treasury-breaker');
    expect(dashboard).not.toHaveProperty('id');
    expect(dashboard.schemaVersion).toBe(39);
    expect(dashboard.refresh).toBe('30s');
    const ids = dashboard.panels.map(({ id }) => id);
    expect(ids.every((id) => Number.isInteger(id) && id > 0)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('reads from the data source that is chosen at the top, and from no other', () => {
    const [first, ...others] = dashboard.templating.list;
    expect(first).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    const sources = [
      ...others.map(({ datasource }) => datasource),
      ...panels.flatMap(({ datasource, targets = [] }) => [
        datasource,
        ...targets.map((target) => target.datasource),
      ]),
      ...dashboard.annotations.list
        .filter(({ builtIn }) => builtIn === undefined)
        .map(({ datasource }) => datasource),
    ];
    expect(sources.length).toBeGreaterThan(2 * panels.length);
    for (const source of sources) {
      expect(source?.type).toBe('prometheus');
      expect(source?.uid).toMatch(/^\$\{datasource\}$/);
    }
  });

  test('lists its panels in the order in which they are read, none over another, each row after a headline', () => {
    const cells = new Map<string, string>();
    let last = { x: 0, y: -1 };
    for (const { title, gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos;
      expect(y * COLUMNS + x, title).toBeGreaterThan(last.y * COLUMNS + last.x);
      expect(x + w, title).toBeLessThanOrEqual(COLUMNS);
      last = { x, y };
      for (let column = x; column < x + w; column += 1)
        for (let line = y; line < y + h; line += 1) {
          const cell = `${column}, ${line}`;
          expect(cells.get(cell), `${title} lies over another at ${cell}`).toBeUndefined();
          cells.set(cell, title);
        }
    }
    expect(dashboard.panels[0]?.type).toBe('row');
    expect(rows.length).toBeGreaterThan(1);
  });

  test.each(panels.map((panel) => [panel.title, panel] as const))(
    '%s: says what is good and what is bad, and asks for something',
    (_title, { description, targets = [], type, fieldConfig, options }) => {
      expect(description).toMatch(/\. Good: .*\. Bad: .*\.$/);
      expect(targets).not.toEqual([]);
      const names = targets.map(({ refId }) => refId);
      expect(names).toEqual([...'ABCDEFGH'].slice(0, names.length));
      for (const { expr } of targets) expect(expr).not.toBe('');
      const { unit, mappings } = fieldConfig?.defaults ?? {};
      const shown = unit ?? options?.yAxis?.unit;
      if (type === 'timeseries' || type === 'heatmap') expect(UNITS).toContain(shown);
      if (type === 'state-timeline') expect(mappings).toHaveLength(1);
    },
  );

  test('asks each metric for the job and the executors that are chosen', () => {
    for (const { where, expr } of expressions) {
      const chosen = expr.match(/\btreasury_\w+\{job="\$job",instance=~"\$instance"[,}]/g) ?? [];
      expect(chosen, where).toHaveLength(metricsIn(expr).length);
    }
    const variables = dashboard.templating.list.filter(({ type }) => type === 'query').map(labelValuesOf);
    expect(variables).toEqual([
      { match: 'treasury_build_info', label: 'job' },
      { match: 'treasury_build_info{job="$job"}', label: 'instance' },
    ]);
  });

  test('leaves the length of every range to Grafana, which knows the scrape interval', () => {
    const ranges = expressions.flatMap(({ expr }) => expr.match(/\[[^\]]*\]/g) ?? []);
    expect(ranges.length).toBeGreaterThan(5);
    expect(new Set(ranges)).toEqual(new Set(['[$__rate_interval]']));
  });

  test('shows every state of the breaker in a colour that colour-blind people tell from the others', () => {
    const shown = panels
      .filter(({ title }) => title === 'Breaker' || title === 'State')
      .map(({ fieldConfig }) => fieldConfig?.defaults.mappings?.[0]?.options ?? {});
    expect(shown).toHaveLength(2);
    expect(shown[0]).toEqual(shown[1]);
    const states = Object.values(shown[0] ?? {});
    expect(states.map(({ text }) => text)).toEqual(['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED', 'standby']);
    for (const one of states)
      for (const other of states)
        if (one !== other)
          expect(leastDistance(one.color, other.color), `${one.text} and ${other.text}`).toBeGreaterThan(25);
  });
});

test('red and green are the same to many people, blue and orange are not', () => {
  expect(leastDistance('#000000', '#ffffff')).toBeCloseTo(100, 0);
  expect(leastDistance('#ff0000', '#ff0000')).toBe(0);
  expect(leastDistance('#b05000', '#6a6a00')).toBeLessThan(10);
  expect(leastDistance('#0072b2', '#d55e00')).toBeGreaterThan(40);
});
