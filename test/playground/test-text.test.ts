import { stripTypeScriptTypes } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { literal } from '../../visualizations/playground/src/literal.ts';
import { PRESETS } from '../../visualizations/playground/src/presets.ts';
import { Run } from '../../visualizations/playground/src/run.ts';
import type { Scenario } from '../../visualizations/playground/src/scenario.ts';
import { testText } from '../../visualizations/playground/src/test-text.ts';
import { anyScenario, ask, FAIL, SUCCEED, scenarioOf, times, wait } from './scenarios.ts';

const written = (scenario: Scenario): string => testText(scenario, new Run(scenario));

const nameOf = (text: string): string | undefined => /^test\('(.*)', \(\) => \{$/m.exec(text)?.[1];

const opened = times(5, FAIL);

describe('the name of the test says what happens', () => {
  test.each<[string, Scenario]>([
    ['stays CLOSED', scenarioOf([])],
    ['stays CLOSED', scenarioOf([FAIL, SUCCEED])],
    ['opens after 1 failure', scenarioOf([FAIL], { failureThreshold: 1 })],
    [
      'opens after 5 failures, half-opens after 60 s, closes after 2 successes',
      scenarioOf([...opened, wait(60_000), SUCCEED, SUCCEED]),
    ],
    [
      'opens after 5 failures, half-opens after 60 s, opens again when a probe fails',
      scenarioOf([...opened, wait(60_000), FAIL]),
    ],
    [
      'opens after 5 failures, half-opens after 60 s, opens again when a probe times out',
      scenarioOf([...opened, wait(60_000), ask('a'), wait(30_000)]),
    ],
    ['is isolated from CLOSED, is reset from ISOLATED', scenarioOf([{ type: 'ISOLATE' }, { type: 'RESET' }])],
    ['forgets a failure that is too old', scenarioOf([FAIL, wait(1), FAIL, wait(300_000)])],
    ['takes no outcome of an earlier generation', scenarioOf(times(3, { type: 'FAILURE', generation: 7 }))],
    [
      'is isolated from CLOSED, denies a permit in ISOLATED',
      scenarioOf([{ type: 'ISOLATE' }, ...times(3, ask('a'))]),
    ],
  ])('%s', (name, scenario) => expect(nameOf(written(scenario))).toBe(name));

  test('what comes late is counted', () => {
    const rounds = times(4, { type: 'ISOLATE' }).flatMap((step) => [step, { type: 'RESET' } as const]);
    expect(nameOf(written(scenarioOf(rounds)))).toMatch(/, and 3 more$/);
  });
});

describe('the test', () => {
  test('names only the settings that differ', () => {
    const text = written(
      scenarioOf([FAIL], { failureThreshold: 5, successThreshold: 3, openBackoff: { maxMs: 1_000 } }),
    );
    expect(text).toContain('const policy = { successThreshold: 3, openBackoff: { maxMs: 1_000 } };');
    expect(text).not.toContain('random');
    expect(written(scenarioOf([FAIL]))).not.toContain('policy');
  });

  test('fixes the lot only where one is drawn', () => {
    expect(written(scenarioOf([FAIL], { openBackoff: { jitter: 0.1 } }, 0.25))).toContain(
      'const random = () => 0.25;',
    );
    expect(written(scenarioOf([FAIL], { openBackoff: { factor: 2 } }, 0.25))).not.toContain('random');
  });

  test('asks for permits only where one is asked for', () => {
    expect(written(scenarioOf([FAIL]))).not.toMatch(/asker|fromCallback/);
    const text = written(scenarioOf([ask('a')]));
    expect(text).toContain("breaker.send({ type: 'PERMIT', id: 'a', replyTo: asker });");
    expect(text).toContain("toEqual({ type: 'PERMIT_GRANTED', id: 'a', generation: 0 });");
  });

  test('says why an event comes to nothing, and that it changes nothing', () => {
    const text = written(scenarioOf([FAIL, { type: 'SUCCESS', generation: 3 }]));
    expect(text).toContain(
      [
        '  // Refused, stale generation.',
        "  breaker.send({ type: 'SUCCESS', generation: 3 });",
        "  expect(seen()).toEqual({ state: 'CLOSED', failures: 1, successes: 0, generation: 0, probes: 0 });",
      ].join('\n'),
    );
  });

  test('stops at every timer within a wait', () => {
    const text = written(scenarioOf([FAIL, wait(1_000), FAIL, FAIL, wait(600_000)]));
    const passed = [...text.matchAll(/clock\.increment\(([\d_]+)\)/g)].map(([, ms]) => ms);
    expect(passed).toEqual(['1_000', '298_999', '1', '999', '1', '300_000']);
    expect(text).toContain('// A failure is as old as the window.');
    expect(text).toContain('// 2 failures are as old as the window.');
  });

  test('looks a millisecond before a timer ends, where nothing has happened yet', () => {
    const text = written(scenarioOf([FAIL, wait(60_000)], { failureThreshold: 1 }));
    expect(text).toContain(
      [
        '  clock.increment(59_999);',
        "  expect(seen()).toEqual({ state: 'OPEN', failures: 1, successes: 0, generation: 1, probes: 0 });",
        '  clock.increment(1);',
        "  expect(seen()).toEqual({ state: 'HALF_OPEN', failures: 1, successes: 0, generation: 2, probes: 0 });",
      ].join('\n'),
    );
    const stepped = scenarioOf([FAIL, wait(59_999), wait(1)], { failureThreshold: 1 });
    expect(written(stepped)).toBe(text);
  });

  test('says the same once, in a loop', () => {
    const text = written(scenarioOf(opened));
    expect(text).toContain('for (const failures of [1, 2, 3, 4]) {');
    expect(text.match(/breaker\.send/g)).toHaveLength(2);
    expect(written(scenarioOf(times(20, FAIL), { failureThreshold: 30 }))).toContain(
      'for (let failures = 1; failures <= 20; failures += 1) {',
    );
  });

  test('looks at the state and the counts after every step', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const text = written(scenario);
        const acts = text.match(/^ +(breaker\.send|clock\.increment)\(/gm)?.length ?? 0;
        expect(text.match(/^ +expect\(seen\(\)\)\.toEqual\(/gm)?.length).toBe(Math.max(1, acts));
      }),
    );
  });

  test('is TypeScript whatever somebody typed', () => {
    fc.assert(fc.property(anyScenario, (scenario) => void stripTypeScriptTypes(written(scenario))));
  });

  test.each(PRESETS)('of the preset "$name" fits the width of a page', ({ scenario }) => {
    const code = written(scenario)
      .split('\n')
      .filter((line) => !line.startsWith('test('));
    expect(code.filter((line) => line.length > 110)).toEqual([]);
  });
});

describe('values', () => {
  test.each([
    [60_000, '60_000'],
    [999, '999'],
    [1_234_567.5, '1_234_567.5'],
    [Number.POSITIVE_INFINITY, 'Number.POSITIVE_INFINITY'],
    ["it's \\ a\n", "'it\\'s \\\\ a\\u{a}'"],
    [{ type: 'RESET', reason: undefined }, "{ type: 'RESET' }"],
  ])('%j is written %s', (value, text) => expect(literal(value)).toBe(text));

  test('are read back as they were', () => {
    const read = (text: string): unknown => new Function(`return ${text}`)();
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, min: 0 })), (value) => {
        expect(read(literal(value))).toBe(value);
      }),
    );
  });
});
