import { describe, expect, test } from 'vitest';
import { MetricsPage } from '../../src/cli/metrics-page.ts';

const PAGE = String.raw`# HELP state 7
# TYPE state gauge
state 3.5e-1
state_of_something_else 2

changes_total{from="CLOSED",to="OPEN"} 1
changes_total{to="HALF_OPEN",from="OPEN"} 2
changes_total{name="other",from="CLOSED",to="OPEN"} 9
ended_total{outcome="success"} 20
ended_total{outcome="failure"} 5
seconds_bucket{le="+Inf"} 25
infinite +Inf
with_time 4 1764000000123
odd{text="a \"quoted\" {b},\nc\\d"} -Inf
not_a_number NaN
no number at all
`;

describe('a page of metrics', () => {
  const page = new MetricsPage(PAGE);

  test('gives values by their whole names and labels, in whatever order these come', () => {
    expect(page.value('state')).toBe(0.35);
    expect(page.value('changes_total', { from: 'OPEN', to: 'HALF_OPEN' })).toBe(2);
    expect(page.value('with_time')).toBe(4);
    expect(page.value('infinite')).toBe(Number.POSITIVE_INFINITY);
    expect(page.value('seconds_bucket', { le: '+Inf' })).toBe(25);
  });

  test('gives nothing for what is not there, has further labels, or is no number', () => {
    for (const name of ['stat', 'ended_total', 'not_a_number', 'no'])
      expect(page.value(name)).toBeUndefined();
    expect(page.value('changes_total', { from: 'CLOSED' })).toBeUndefined();
  });

  test('gives the values of a metric by a label', () => {
    expect(page.by('outcome', 'ended_total')).toEqual({ success: 20, failure: 5 });
    expect(page.by('outcome', 'nothing')).toBeUndefined();
  });

  test('reads what is escaped in a label', () => {
    expect(page.value('odd', { text: 'a "quoted" {b},\nc\\d' })).toBe(Number.NEGATIVE_INFINITY);
  });

  test('that is none has no values', () => {
    expect(new MetricsPage('<!doctype html>\n<p>{"a": 1}').value('a')).toBeUndefined();
  });
});
