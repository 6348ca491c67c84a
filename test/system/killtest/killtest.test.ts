import { expect, test } from 'vitest';
import { runKilltest } from '../../killtest/killtest.ts';
import { verdictOf } from '../../simulation/report.ts';

// A short one; `npm run killtest` kills 200 times. This seed plans every lie, and a kill at each kind of moment.
const SEED = 48;
/** It takes a dozen seconds; a busy machine gives it less of each. */
const TIMEOUT_MS = 300_000;

test('killed and stopped, behind an RPC that lies: chain, rows and trail agree to the unit', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { counts, violations, kept } = await runKilltest({ seed: SEED, kills: 7, stops: 1, rows: 30 });
  expect(violations, `kept in ${kept}`).toEqual([]);
  expect(verdictOf([{ violations }], 'run')).toBe('1 run: 0 double, 0 lost, 0 invariants broken');
  expect(counts.missing()).toEqual([]);
  expect(counts.of('kill -9')).toBe(7);
  expect(counts.of('SIGSTOP for longer than the lease, until the other took over')).toBe(1);
});
