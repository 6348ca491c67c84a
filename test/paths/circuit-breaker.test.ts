import { describe, expect, it } from 'vitest';
import { circuitBreakerMachine } from '../../machines/index.ts';
import { NEW_BREAKERS, RESTORED_BREAKERS } from './breaker-cases.ts';
import { expectBreakerPath } from './breaker-expectation.ts';
import { breakerChart, exploreSimpleBreaker } from './charts.ts';
import { describeCoverage } from './describe-coverage.ts';
import { describeDrawing } from './describe-drawing.ts';

const chart = breakerChart();

for (const [at, variant] of [...NEW_BREAKERS, ...RESTORED_BREAKERS].entries()) {
  describe(`every edge with ${variant.title}`, () => {
    for (const path of chart.runs[at]?.paths ?? []) it(path.title, () => expectBreakerPath(variant, path));
  });
}

for (const variant of NEW_BREAKERS) {
  describe(`every simple path with ${variant.title}`, () => {
    for (const path of exploreSimpleBreaker(variant)) it(path.title, () => expectBreakerPath(variant, path));
  });
}

describeCoverage(chart);
describeDrawing('circuit-breaker', chart);

describe('the breaker names every event', () => {
  const types = circuitBreakerMachine.events.filter((type) => !type.startsWith('xstate.'));

  it.each(['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'] as const)('%s, a deliberate ignore too', (state) => {
    const named = circuitBreakerMachine.states[state]?.transitions;
    expect(types.filter((type) => !named?.has(type))).toEqual([]);
  });
});
