import { expect, test } from 'vitest';
import { seriesIn } from '../support/promql.ts';

test.each([
  ['up{job="treasury"} == 0', ['up']],
  ['avg_over_time(up[5m]) < 0.5 or vector(1e18)', ['up']],
  ['sum without (from, to) (floor(increase(opened_total{to="OPEN"}[31m]))) > bool 3', ['opened_total']],
  ['time() - a unless on (job, instance) b offset 1h', ['a', 'b']],
  ['max by (job, status) (job:rows:last{name="x and {y}"}) and job:rows:last', ['job:rows:last']],
  ['histogram_quantile(0.95, rate(seconds_bucket[15m]))', ['seconds_bucket']],
])('the series in %s', (expr, series) => {
  expect(seriesIn(expr)).toEqual(series);
});
