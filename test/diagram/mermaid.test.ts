import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { allStates, mermaidText, readChart } from '../../src/diagram/index.ts';
import { flatMachine, nestedMachine, oddMachine, samples } from './samples.ts';

test.each(Object.entries(samples))('%s: every state is declared once, every brace closes', (_, machine) => {
  const chart = readChart(machine);
  const lines = mermaidText(chart).split('\n');
  const declared = lines.filter((line) => line.trim().startsWith('state "'));
  expect(declared).toHaveLength([...allStates(chart)].length);
  expect(new Set(declared.map((line) => line.split('" as ')[1])).size).toBe(declared.length);
  expect(lines.filter((line) => line.endsWith('{'))).toHaveLength(
    lines.filter((line) => line.trim() === '}').length,
  );
});

test('what a state does is text in it, what leads elsewhere is an edge', () => {
  expect(mermaidText(readChart(flatMachine, { delays: { patience: 90_000 } }))).toBe(`stateDiagram-v2
  state "flat" as flat {
    [*] --> choosing
    state "choosing" as choosing
    state "waiting" as waiting
    waiting : entry / note, clear
    waiting : exit / tell
    waiting : GO [else] / count, note
    waiting : TICK, PING / count
    waiting : RETRY to itself / clear
    waiting : ignores: NOISE, HUM
    state "working" as working
    working : invoke load as job
    working : NOISE / tell
    working : ignores [isLate]: NOISE, HUM
    state "over" as over
    over --> [*]
  }
  choosing --> over : always [isLate]
  choosing --> waiting : always [else]
  waiting --> working : GO [isReady] / count
  waiting --> over : GO [isSafe and not isLate and (isReady or isLate)]
  waiting --> over : STOP, HALT
  waiting --> over : PAUSE / clear
  waiting --> over : after 1.5 s [isLate]
  waiting --> working : after 90 s / note
  working --> over : done (job)
  working --> waiting : error (job) / note
`);
});

test('two delays to one state stay two', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { after: { 1000: 'b', 2000: 'b' } }, b: {} },
  });
  const text = mermaidText(readChart(machine));
  expect(text).toContain('a --> b : after 1 s\n');
  expect(text).toContain('a --> b : after 2 s\n');
});

test('regions are separated, history is named, the rows of an outer state are a note', () => {
  const text = mermaidText(readChart(nestedMachine));
  expect(text).toMatch(/state "left" as left \{[^}]*\}\n\s+--\n\s+state "right" as right \{/);
  expect(text).toContain('state "hist (deep history)" as hist');
  expect(text).toMatch(/note right of nested\n\s+PING \/ note\n\s+end note/);
  expect(text).toContain('b --> last : GO [in busy.both.right.y]');
});

test('what Mermaid would read as its own is written as entities, and no state has a keyword as its name', () => {
  const text = mermaidText(readChart(oddMachine));
  expect(text).toContain('state "end" as odd____b__end');
  expect(text).toContain(
    'x#59;y #45;#45;#62; z [a #60; b #38;#38; #34;c#34;] / #60;script#62;alert(#39;x#39;)#60;/script#62;',
  );
});
