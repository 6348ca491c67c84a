import { describe, expect, test } from 'vitest';
import {
  expressionOf,
  expressionsOf,
  interpolate,
  labelValuesOf,
  metricsIn,
  readDashboard,
} from '../../support/dashboard.ts';
import type { Series } from '../../support/prometheus.ts';
import type { WatchedTreasury } from './watched-treasury.ts';

const dashboard = readDashboard();
const JOB = 'treasury';

const numbersOf = (series: readonly Series[]): readonly number[] =>
  series
    .flatMap(({ value, values = [] }) => [...(value === undefined ? [] : [value]), ...values])
    .map(([, text]) => Number(text));

/**
 * What the dashboard shows in an outage, asked of Prometheus as Grafana asks.
 *
 * @param watched a treasury that has paid, whose breaker was isolated and reset and is now OPEN, with an alert that fires
 * and outcomes that are unknown: then no expression has a reason to be empty
 * @param pending how many payments wait
 */
export function testDashboard(watched: () => WatchedTreasury, pending: number): void {
  const hostOf = (url: string): string => new URL(url).host;

  /** What a panel shows now when nobody has chosen an executor. */
  const look = (title: string, refId?: string): Promise<readonly Series[]> =>
    watched().prometheus.query(interpolate(expressionOf(dashboard, title, refId), { job: JOB }));

  describe('the dashboard in an outage', () => {
    test('shows the breaker in use, and that the other executor does not use its own', async () => {
      const { payer, standby } = watched();
      const shown = (await look('Breaker')).map(({ metric, value }) => [metric['instance'], value?.[1]]);
      expect(Object.fromEntries(shown)).toEqual({ [hostOf(payer)]: '1', [hostOf(standby)]: '4' });
      expect(await look('Time to the next probe')).toHaveLength(1);
      expect((await look('Who pays')).map(({ metric }) => metric['instance'])).toEqual([hostOf(payer)]);
    });

    test.each(expressionsOf(dashboard).map((each) => [each.where, each] as const))(
      '%s has data',
      async (_where, { expr, isInstant }) => {
        const { prometheus, payer } = watched();
        const end = Date.now() / 1000;
        for (const chosen of [{ job: JOB }, { job: JOB, instance: hostOf(payer) }]) {
          const asked = interpolate(expr, chosen);
          const series = isInstant
            ? await prometheus.query(asked)
            : await prometheus.queryRange(asked, { start: end - 30, end, step: 0.5 });
          expect(numbersOf(series).filter(Number.isFinite), asked).not.toEqual([]);
        }
      },
    );

    test('the lists at the top hold the job and the executors', async () => {
      const { prometheus, payer, standby } = watched();
      const lists = dashboard.templating.list.filter(({ type }) => type === 'query').map(labelValuesOf);
      const values = lists.map(({ label, match }) =>
        prometheus.labelValues(label, interpolate(match, { job: JOB })),
      );
      expect(await Promise.all(values)).toEqual([[JOB], [payer, standby].map(hostOf).toSorted()]);
    });

    test('every metric that /metrics has is on it, and no other', async () => {
      const page = await (await fetch(`${watched().payer}/metrics`)).text();
      const served = [...page.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
      const shown = new Set(expressionsOf(dashboard).flatMap(({ expr }) => metricsIn(expr)));
      expect(served.length).toBeGreaterThan(20);
      expect([...shown].toSorted()).toEqual(served.toSorted());
    });

    test('counts each payment once, though both executors show the same store', async () => {
      const backlog = numbersOf(await look('Backlog by status')).reduce((sum, each) => sum + each, 0);
      expect(backlog).toBe(pending);
      expect(numbersOf(await look('Balance against what is approved', 'B'))).toEqual([pending * 1e18]);
      expect(numbersOf(await look('Dead letters'))).toEqual([0]);
    });
  });
}
