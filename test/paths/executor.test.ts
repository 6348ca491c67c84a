import { describe, it } from 'vitest';
import { executorChart } from './charts.ts';
import { describeCoverage } from './describe-coverage.ts';
import { describeDrawing } from './describe-drawing.ts';
import { EXECUTORS } from './executor-cases.ts';
import { expectExecutorPath } from './executor-expectation.ts';

// Each edge of the executor's chart, on a real actor, against the contract. Store, sources and payments are faked at
// the port: what they answer comes from an actor that ended, or that speaks to its parent.

const chart = executorChart();

for (const [at, variant] of EXECUTORS.entries()) {
  describe(`every edge with ${variant.title}`, () => {
    for (const path of chart.runs[at]?.paths ?? []) {
      it(path.title, () => expectExecutorPath(variant, path, chart.replay(path).edge));
    }
  });
}

describeCoverage(chart);
describeDrawing('treasury-executor', chart);
