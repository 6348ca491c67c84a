import { afterAll, beforeAll, test } from 'vitest';
import { SHIPPED_CHARTS } from '../../../src/executor/executor-actors.ts';
import { startTestChain, type TestChain } from '../../support/chain.ts';
import type { Scenario } from '../../support/executor-scenario.ts';

/** Makes a test of each scenario, on one chain, with the charts that are shipped. */
export function runScenarios(scenarios: readonly Scenario[]): void {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startTestChain();
    await chain.setAutomine(false);
  });
  afterAll(() => chain.stop());
  for (const { title, run } of scenarios) {
    test(title, () => run({ chain, charts: SHIPPED_CHARTS, waitMs: 10_000 }));
  }
}
