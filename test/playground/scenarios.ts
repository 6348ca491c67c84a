import fc from 'fast-check';
import { resolvePolicy } from '../../machines/policy.ts';
import { Run } from '../../visualizations/playground/src/run.ts';
import { DEFAULT_DRAW, NEW_SCENARIO, type Scenario } from '../../visualizations/playground/src/scenario.ts';
import { LONGEST_ID, LONGEST_REASON, OUTCOMES, type Step } from '../../visualizations/playground/src/step.ts';

export const FAIL: Step = { type: 'FAILURE' };
export const SUCCEED: Step = { type: 'SUCCESS' };
export const wait = (ms: number): Step => ({ type: 'wait', ms });
export const ask = (id: string): Step => ({ type: 'PERMIT', id });

/** The same step some times. */
export const times = (count: number, step: Step): readonly Step[] =>
  Array.from({ length: count }, () => step);

/** A scenario under the default policy, but for what is given. */
export const scenarioOf = (
  steps: readonly Step[],
  policy: Parameters<typeof resolvePolicy>[0] = {},
  draw = DEFAULT_DRAW,
): Scenario => ({ policy: resolvePolicy(policy), draw, steps });

export const runOf = (...steps: readonly Step[]): Run => new Run({ ...NEW_SCENARIO, steps });

/** Text that a person may type, quotes, line ends and tags among it. */
const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ minLength: 1, maxLength, unit: 'grapheme' }).filter((each) => each.length <= maxLength),
    fc.constantFrom(
      'it\'s "quoted"',
      'two\nlines \\ `tick`',
      '</script><!--',
      'a&b=c#d+e%20',
      '\u2028',
      '\0',
    ),
  );

const ids = fc.oneof(fc.constantFrom('a', 'b', 'c'), text(LONGEST_ID));

/** Waits that meet the ends of timers, and those next to them. */
const waits = fc.oneof(
  fc.constantFrom(1, 2, 9, 10, 11, 49, 50, 51, 100, 1_000, 60_000),
  fc.integer({ min: 1, max: 300 }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>(FAIL, FAIL, SUCCEED) },
  { weight: 4, arbitrary: waits.map(wait) },
  { weight: 2, arbitrary: ids.map(ask) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom(...OUTCOMES), permit: ids }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constantFrom(...OUTCOMES), generation: fc.nat({ max: 5 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>({ type: 'PERMIT' }, { type: 'CANCELLED' }, { type: 'STORAGE_FATAL' }),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      { type: fc.constantFrom('ISOLATE' as const, 'RESET' as const), reason: text(LONGEST_REASON) },
      { requiredKeys: ['type'] },
    ),
  },
);

const policy = fc
  .record({
    failureThreshold: fc.integer({ min: 1, max: 4 }),
    successThreshold: fc.integer({ min: 1, max: 3 }),
    openTimeoutMs: fc.constantFrom(1, 10, 50, 60_000),
    failureWindowMs: fc.constantFrom(1, 10, 100, 300_000),
    halfOpenMaxProbes: fc.integer({ min: 1, max: 3 }),
    probeTimeoutMs: fc.constantFrom(1, 10, 50, 30_000),
    openBackoff: fc.record({
      factor: fc.constantFrom(1, 1.5, 2),
      maxMs: fc.constantFrom(40, 600_000),
      jitter: fc.constantFrom(0, 0.1, 0.999),
    }),
  })
  .map((config) => resolvePolicy(config));

/** Any scenario, on timers so short that steps meet them. */
export const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  policy,
  draw: fc.constantFrom(0, DEFAULT_DRAW, 0.25, 0.9),
  steps: fc.array(step, { maxLength: 40 }),
});
