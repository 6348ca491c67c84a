import { expect, test } from 'vitest';
import { registeredMetrics } from '../support/registered-metrics.ts';
import { codeIn, readDoc, tableOf } from './markdown.ts';

test('docs/metrics.md names every metric and its type, and no other', () => {
  const told = tableOf(readDoc('docs/metrics.md'), 'metric').map(([name = '', type]) => [
    codeIn(name)[0],
    type,
  ]);
  expect(told.toSorted()).toEqual([...registeredMetrics()].toSorted());
});
