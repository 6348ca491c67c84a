import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LinkError, LONGEST_HASH, readHash, writeHash } from '../../visualizations/playground/src/link.ts';
import { PRESETS } from '../../visualizations/playground/src/presets.ts';
import { NEW_SCENARIO } from '../../visualizations/playground/src/scenario.ts';
import { LONGEST_REASON, MOST_STEPS } from '../../visualizations/playground/src/step.ts';
import { anyScenario, FAIL, scenarioOf, times, wait } from './scenarios.ts';

describe('a link', () => {
  test('is short and can be read', () => {
    const steps = [...times(2, FAIL), wait(60_000), { type: 'SUCCESS', permit: 'a' } as const];
    expect(writeHash(scenarioOf(steps, { failureThreshold: 2 }))).toBe(
      'v=1&failureThreshold=2&FAILURE&FAILURE&wait=60000&SUCCESS=permit.a',
    );
    expect(writeHash(NEW_SCENARIO)).toBe('v=1');
  });

  test('holds every scenario', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        expect(readHash(writeHash(scenario))).toEqual(scenario);
      }),
    );
  });

  test.each(PRESETS)('holds the preset "$name"', ({ scenario }) => {
    expect(readHash(writeHash(scenario))).toEqual(scenario);
  });

  test('holds the longest scenario that there can be', () => {
    const reason = '\uffff'.repeat(LONGEST_REASON);
    const scenario = scenarioOf(times(MOST_STEPS, { type: 'ISOLATE', reason }));
    expect(writeHash(scenario).length).toBeLessThan(LONGEST_HASH);
    expect(readHash(writeHash(scenario))).toEqual(scenario);
  });

  test('is made of characters that no address needs to escape', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        expect(writeHash(scenario)).toMatch(/^[\w.*+%=&-]+$/);
      }),
    );
  });
});

describe('what is no link is refused as a whole', () => {
  test.each(
    (
      [
        ['', /does not begin with the version/],
        ['FAILURE', /does not begin with the version/],
        ['v=2&FAILURE', /its version is "2"/],
        ['v=1&EXPLODE', /no step or setting called "EXPLODE"/],
        ['v=1&__proto__=1', /no step or setting called "__proto__"/],
        ['v=1&constructor', /no step or setting called "constructor"/],
        ['v=1&failureThreshold=0', /failureThreshold must be an integer of at least 1, got 0/],
        ['v=1&failureThreshold=many', /failureThreshold has "many", which is no number/],
        ['v=1&failureThreshold=', /which is no number/],
        ['v=1&failureThreshold=0x10', /which is no number/],
        ['v=1&openTimeoutMs=2147483648', /openTimeoutMs must be milliseconds from 1 to 2147483647/],
        ['v=1&openBackoff.jitter=1', /openBackoff.jitter must be a number from 0 to below 1/],
        ['v=1&failureThreshold=2&failureThreshold=3', /failureThreshold is there twice/],
        ['v=1&draw=0.1&draw=0.2', /draw is there twice/],
        ['v=1&draw=1', /draw must be a number from 0 to below 1/],
        ['v=1&FAILURE&failureThreshold=2', /failureThreshold comes after a step/],
        ['v=1&FAILURE&wait=1.5', /whole milliseconds/],
        ['v=1&FAILURE&wait=-1', /whole milliseconds/],
        ['v=1&wait=NaN', /whole milliseconds/],
        ['v=1&FAILURE=now', /neither a generation nor a permit/],
        ['v=1&FAILURE=generation.-1', /at least 0/],
        ['v=1&FAILURE=permit.', /1 to 40 characters/],
        [`v=1&RESET=${'x'.repeat(81)}`, /1 to 80 characters, got 81/],
        [`v=1${'&FAILURE'.repeat(501)}`, /more than 500 steps/],
        [`v=1&${'x'.repeat(LONGEST_HASH)}`, /longer than 400000 characters/],
      ] as const
    ).map(([hash, message]) => ({ hash, message, shown: `#${hash.slice(0, 60)}` })),
  )('$shown', ({ hash, message }) => {
    expect(() => readHash(hash)).toThrow(LinkError);
    expect(() => readHash(hash)).toThrow(message);
  });

  test('garbage of any kind is refused, or is a scenario like any other', { timeout: 30_000 }, () => {
    const word = fc.oneof(
      fc.constantFrom(
        'v=1',
        'FAILURE',
        'wait=',
        'PERMIT',
        '=',
        '&&',
        '%',
        '%ff',
        '+',
        'draw=',
        'generation.',
        '#',
      ),
      fc.string(),
      fc.webFragments(),
    );
    fc.assert(
      fc.property(fc.boolean(), fc.array(word), (isVersioned, words) => {
        const hash = `${isVersioned ? 'v=1&' : ''}${words.join('&')}`;
        try {
          const scenario = readHash(hash);
          expect(readHash(writeHash(scenario))).toEqual(scenario);
        } catch (error) {
          expect(error).toBeInstanceOf(LinkError);
          expect((error as Error).message.length).toBeLessThan(300);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a link that was cut, or changed in one place, too', () => {
    fc.assert(
      fc.property(anyScenario, fc.nat(), fc.string({ maxLength: 2 }), (scenario, place, other) => {
        const hash = writeHash(scenario);
        const at = place % hash.length;
        for (const broken of [hash.slice(0, at), `${hash.slice(0, at)}${other}${hash.slice(at + 1)}`]) {
          try {
            const read = readHash(broken);
            expect(readHash(writeHash(read))).toEqual(read);
          } catch (error) {
            expect(error).toBeInstanceOf(LinkError);
          }
        }
      }),
    );
  });
});
