import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolvePolicy } from '../../machines/policy.ts';
import { Run } from '../../visualizations/playground/src/run.ts';
import { Session } from '../../visualizations/playground/src/session.ts';
import { LONGEST_WAIT_MS, MOST_STEPS, type Step } from '../../visualizations/playground/src/step.ts';
import { anyScenario, ask, FAIL, SUCCEED, scenarioOf, times, wait } from './scenarios.ts';

function sessionOf(...steps: readonly Step[]): Session {
  const session = new Session();
  for (const step of steps) session.do(step);
  return session;
}

describe('undo and redo', () => {
  test('undo takes the last step back, with all that it did', () => {
    const session = sessionOf(...times(5, FAIL));
    expect(session.run.view.state).toBe('OPEN');
    session.undo();
    expect(session.run.view).toMatchObject({ state: 'CLOSED', failures: 4, generation: 0 });
    expect(session.scenario.steps).toHaveLength(4);
    session.redo();
    expect(session.run.view).toMatchObject({ state: 'OPEN', failures: 5, generation: 1 });
  });

  test('undo takes time and permits back too', () => {
    const session = sessionOf(...times(5, FAIL), wait(60_000), ask('a'));
    session.undo();
    expect(session.run.permits).toEqual([]);
    session.undo();
    expect(session.run.now).toBe(0);
    expect(session.run.view.state).toBe('OPEN');
  });

  test('what is done anew cannot be redone', () => {
    const session = sessionOf(FAIL, FAIL);
    session.undo();
    session.do(SUCCEED);
    expect(session.canRedo).toBe(false);
    expect(session.scenario.steps).toEqual([FAIL, SUCCEED]);
  });

  test('of nothing there is nothing to undo or redo', () => {
    const session = sessionOf();
    session.undo();
    session.redo();
    expect(session.canUndo || session.canRedo).toBe(false);
    expect(session.scenario.steps).toEqual([]);
  });

  test('undone to the beginning and redone, it is as it was', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const session = new Session();
        session.load(scenario);
        const { entries } = session.run;
        while (session.canUndo) session.undo();
        expect(session.run.entries).toEqual([]);
        session.redoAll();
        expect(session.scenario).toEqual(scenario);
        expect(session.run.entries).toEqual(entries);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a new breaker', () => {
  test('starting over keeps the policy, and the steps to be done again', () => {
    const session = sessionOf(FAIL, SUCCEED, FAIL);
    session.startOver();
    expect(session.run.entries).toEqual([]);
    session.redo();
    session.redo();
    expect(session.scenario.steps).toEqual([FAIL, SUCCEED]);
  });

  test('another policy starts another breaker, on which the same can be done', () => {
    const session = sessionOf(FAIL, FAIL);
    session.startOver({ policy: resolvePolicy({ failureThreshold: 2 }), draw: 0.5 });
    expect(session.run.view).toMatchObject({ state: 'CLOSED', failures: 0 });
    session.redoAll();
    expect(session.run.view.state).toBe('OPEN');
  });

  test('what was undone before comes after what was not', () => {
    const session = sessionOf(FAIL, SUCCEED);
    session.undo();
    session.startOver();
    session.redoAll();
    expect(session.scenario.steps).toEqual([FAIL, SUCCEED]);
  });
});

describe('time that runs by itself', () => {
  test('is one step, and the same as a wait of that length', () => {
    fc.assert(
      fc.property(
        anyScenario,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
        (from, parts) => {
          const session = new Session();
          session.load(from);
          for (const [i, ms] of parts.entries()) session.watch(ms, i === 0);
          const whole = parts.reduce((sum, ms) => sum + ms);
          expect(session.scenario.steps).toEqual([...from.steps, wait(whole)]);
          expect(session.run.entries).toEqual(new Run(session.scenario).entries);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('begins anew after another step', () => {
    const session = sessionOf(wait(10));
    session.watch(5, true);
    session.watch(5, false);
    session.do(FAIL);
    session.watch(1, false);
    expect(session.scenario.steps).toEqual([wait(10), wait(10), FAIL, wait(1)]);
  });

  test('begins another step before it is longer than a step may be', () => {
    const session = sessionOf(wait(LONGEST_WAIT_MS));
    session.watch(1, false);
    expect(session.scenario.steps).toEqual([wait(LONGEST_WAIT_MS), wait(1)]);
  });
});

describe('bounds', () => {
  test(`more than ${MOST_STEPS} steps are refused, and change nothing`, () => {
    const session = new Session();
    session.load(scenarioOf(times(MOST_STEPS, SUCCEED)));
    expect(() => session.do(FAIL)).toThrow(/at most 500 steps/);
    expect(session.scenario.steps).toHaveLength(MOST_STEPS);
    expect(session.run.entries).toHaveLength(MOST_STEPS);
  });

  test.each<[string, Step]>([
    ['no time', wait(0)],
    ['half a millisecond', wait(0.5)],
    ['no number', wait(Number.NaN)],
    ['longer than any timer', wait(LONGEST_WAIT_MS + 1)],
    ['a permit without a name', ask('')],
    ['a long name', ask('x'.repeat(41))],
    ['half a character', { type: 'RESET', reason: '\ud800' }],
    ['a long reason', { type: 'ISOLATE', reason: 'x'.repeat(81) }],
    ['a negative generation', { type: 'FAILURE', generation: -1 }],
  ])('%s is refused', (_, step) => {
    const session = sessionOf(FAIL);
    expect(() => session.do(step)).toThrow(RangeError);
    expect(session.scenario.steps).toEqual([FAIL]);
    expect(session.run.entries).toHaveLength(1);
  });
});
