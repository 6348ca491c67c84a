import { beforeAll, describe, expect, it } from 'vitest';
import { BREAKER_MUTANTS, type Mutant } from '../../mutants/breaker.ts';
import { mutate, tryMutants } from '../../mutants/trial.ts';

/** A quarter of a minute on two quick cores, and several times that where they are slow or shared. Milliseconds. */
const WITHIN_MS = 300_000;

describe('the mutations of the breaker that matter most', () => {
  let verdicts: Awaited<ReturnType<typeof tryMutants>>;

  beforeAll(async () => {
    verdicts = await tryMutants(BREAKER_MUTANTS);
  }, WITHIN_MS);

  it('are found by tests that pass when nothing is broken', () => {
    const { passed, failed, unusable } = verdicts.untouched;
    expect({ failed, unusable }).toEqual({ failed: [], unusable: [] });
    expect(passed).toBeGreaterThan(100);
  });

  it.each(BREAKER_MUTANTS.map(({ title, harm }, i) => [title, harm, i] as const))(
    'killed: %s (%s)',
    (_title, _harm, i) => {
      const verdict = verdicts.mutated[i];
      expect(verdict?.unusable).toEqual([]);
      expect(verdict?.failed.length, 'it survived: no test failed').toBeGreaterThan(0);
    },
  );
});

describe('a mutation whose text', () => {
  const mutant: Mutant = { title: 'x', harm: '', file: 'a.ts', find: 'one', replace: 'two', tests: [] };

  it('is there once is made', () => expect(mutate('one and $&', mutant)).toBe('two and $&'));

  it.each([
    ['zero', 0],
    ['one and one', 2],
  ])('is not there exactly once ("%s") is told', (source, times) => {
    expect(() => mutate(source, mutant)).toThrow(
      `"x" is out of date: its text occurs ${times} times in a.ts`,
    );
  });
});
