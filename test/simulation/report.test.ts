import { expect, test } from 'vitest';
import { FAULT_NAMES, FaultCounter, sumCounts } from './fault-counts.ts';
import { failureText, faultTable, verdictOf } from './report.ts';
import { parseScript, type Script, textOf } from './scripted-scenario.ts';

test('the verdict counts runs and what they broke', () => {
  const fine = { violations: [] };
  const broken = { violations: [{ harm: 'double' as const, what: 'P1: a is paid 2 times' }] };
  expect(verdictOf([fine, fine])).toBe('2 seeds: 0 double, 0 lost, 0 invariants broken');
  expect(verdictOf([broken], 'run')).toBe('1 run: 1 double, 0 lost, 0 invariants broken');
});

test('a failure tells how to see it again', () => {
  const violations = [{ harm: 'lost' as const, what: 'P2: a is gone' }];
  const text = failureText({ replay: '--seed 17', violations, trace: ['one line'] });
  expect(text).toContain('lost: P2: a is gone');
  expect(text).toContain('one line');
  expect(text).toContain('npm run simulate -- --seed 17');
});

test('the table names every fault, and those that never happened', () => {
  const counter = new FaultCounter();
  counter.fired('rpc: 429');
  counter.crashed('before:stage');
  const { text, missing } = faultTable(sumCounts([counter.counts, counter.counts]));
  expect(text).toMatch(/rpc: 429 +2\n/);
  expect(missing).toHaveLength(FAULT_NAMES.length - 2);
  expect(missing).not.toContain('crash before:stage');
});

test('a script is read as it is told', () => {
  const scripts: readonly Script[] = [
    { fault: undefined, outcomes: ['accepted', '503'] },
    { fault: { process: 'p2', call: 33, kind: 'crash' }, outcomes: ['no reply', 'silently dropped'] },
    { fault: { process: 'p1', call: 2, kind: 'IOERR after' }, outcomes: ['503'] },
  ];
  for (const script of scripts) expect(parseScript(textOf(script))).toEqual(script);
  expect(() => parseScript('p1@1 crash: lost')).toThrow('there is no "lost"');
});
