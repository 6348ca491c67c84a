import { expect, test } from 'vitest';
import { Random } from '../simulation/random.ts';
import { planRestart } from './plan.ts';
import { resultText, stateLines, stormLines } from './report.ts';

test('a violation stands in the line it belongs to, and in full below the table', () => {
  const restart = planRestart({ random: new Random('r'), ordinal: 3, signals: 5 });
  const result = { restart, signals: 5, isEndedUnbegun: false, violations: ['the lease is held'] };
  const lines = stormLines([result, { ...result, violations: [] }], []);
  const text = resultText(lines);
  expect(text).toMatch(
    new RegExp(`^signals +treasury run, ${restart.moment} +2 restarts, 10 signals +1$`, 'm'),
  );
  expect(text).toContain(`signals, treasury run, ${restart.moment}: restart 3: the lease is held\n`);
  expect(text).toMatch(/12 signals and restarts +0$/m);
  expect(text.endsWith('\n1 violations')).toBe(true);
});

test('what was found about all of them together counts, too', () => {
  const lines = stateLines([{ name: 'idle', isReached: true, signals: 1, violations: [] }], ['paid twice']);
  expect(lines.flatMap(({ violations }) => violations)).toEqual(['paid twice']);
  expect(resultText(lines)).toContain('states, whoever comes next: paid twice');
});
