import { expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { allStates, type ChartState, readChart, transitionId } from '../../src/diagram/index.ts';
import { microstepOf } from '../../src/testing/internals.ts';
import { flatMachine, nestedMachine, oddMachine, parametersMachine } from './samples.ts';

const flat = readChart(flatMachine, { delays: { patience: 90_000 } });

function stateOf(chart: ChartState, id: string): ChartState {
  const state = [...allStates(chart)].find((candidate) => candidate.id === id);
  if (state === undefined) throw new Error(`no state ${id}`);
  return state;
}

const transitionsOn = (chart: ChartState, id: string, event: string) =>
  stateOf(chart, id).transitions.filter(({ trigger }) => 'name' in trigger && trigger.name === event);

test('a state has its actions and actors, without the timers that XState adds for `after`', () => {
  expect(stateOf(flat, 'flat.waiting')).toMatchObject({ entry: ['note', 'clear'], exit: ['tell'] });
  expect(stateOf(flat, 'flat.working').invokes).toEqual([{ id: 'job', source: 'load' }]);
});

test('each candidate of an event is a transition of its own, in order, with guard, actions and target', () => {
  expect(transitionsOn(flat, 'flat.waiting', 'GO')).toMatchObject([
    { guard: 'isReady', isElse: false, targets: ['flat.working'], actions: ['count'] },
    { guard: 'isSafe and not isLate and (isReady or isLate)', targets: ['flat.over'] },
    { guard: undefined, isElse: true, targets: [], actions: ['count', 'note'] },
  ]);
});

test('an unguarded candidate after mere ignores is no "else"', () => {
  expect(transitionsOn(flat, 'flat.working', 'NOISE')).toMatchObject([
    { guard: 'isLate', actions: [] },
    { guard: undefined, isElse: false, actions: ['tell'] },
  ]);
});

test('a guard shows its parameters, and what `stateIn` asks', () => {
  const guards = transitionsOn(readChart(parametersMachine), 'parameters.low', 'GO').map(
    ({ guard }) => guard,
  );
  expect(guards).toEqual(['isAbove(limit: 2)', 'isAbove(limit: 1)']);
  const [inside] = transitionsOn(readChart(nestedMachine), 'nested.busy.both.left.b', 'GO');
  expect(inside?.guard).toBe('in busy.both.right.y');
});

test('a delay is a number, or what the caller says that its name stands for', () => {
  const after = stateOf(flat, 'flat.waiting').transitions.filter(({ trigger }) => trigger.kind === 'after');
  expect(after.map(({ trigger }) => trigger)).toEqual([
    { kind: 'after', name: undefined, ms: 1500 },
    { kind: 'after', name: 'patience', ms: 90_000 },
  ]);
  const [unknown] = transitionsOn(readChart(nestedMachine), 'nested.busy.first', 'nap');
  expect(unknown?.trigger).toEqual({ kind: 'after', name: 'nap', ms: undefined });
});

test('done and error events name their actor: by its id, or by its logic when XState made the id up', () => {
  const triggers = (chart: ChartState, id: string) =>
    stateOf(chart, id).transitions.map(({ trigger }) => trigger);
  expect(triggers(flat, 'flat.working')).toEqual(
    expect.arrayContaining([
      { kind: 'done', name: 'job' },
      { kind: 'error', name: 'job' },
    ]),
  );
  const nested = readChart(nestedMachine);
  expect(triggers(nested, 'nested.busy.first')).toEqual(
    expect.arrayContaining([
      { kind: 'done', name: 'load' },
      { kind: 'error', name: 'load' },
    ]),
  );
  expect(triggers(nested, 'nested.busy')).toEqual(
    expect.arrayContaining([{ kind: 'done', name: undefined }]),
  );
});

test('nesting, regions, history and custom ids stay as they are', () => {
  const nested = readChart(nestedMachine);
  expect([...allStates(nested)].map(({ id, kind }) => `${kind} ${id}`)).toEqual([
    'compound nested',
    'atomic nested.idle',
    'compound nested.busy',
    'atomic nested.busy.first',
    'parallel nested.busy.both',
    'compound nested.busy.both.left',
    'atomic nested.busy.both.left.a',
    'atomic nested.busy.both.left.b',
    'compound nested.busy.both.right',
    'atomic nested.busy.both.right.x',
    'final nested.busy.both.right.y',
    'final done',
    'history nested.busy.hist',
  ]);
  expect(stateOf(nested, 'nested.busy.hist').history).toBe('deep');
  expect(transitionsOn(nested, 'nested.idle', 'TICK')[0]?.targets).toEqual([
    'nested.busy.both.left.b',
    'nested.busy.both.right.y',
  ]);
  expect(stateOf(nested, 'nested.busy').initial).toEqual(['nested.busy.first']);
});

test('only a state that is always left at once is transient', () => {
  const chart = readChart(
    createMachine({
      id: 'm',
      initial: 'chooses',
      states: {
        chooses: { always: [{ guard: () => false, target: 'acts' }, { target: 'waits' }] },
        waits: { always: { guard: () => false, target: 'acts' } },
        acts: { entry: () => {}, always: 'rests' },
        rests: {},
      },
    }),
  );
  expect(chart.states.filter(({ isTransient }) => isTransient).map(({ key }) => key)).toEqual(['chooses']);
});

test('built-in and unnamed actions have a text', () => {
  const end = stateOf(readChart(oddMachine), 'odd & <b>.end');
  expect(end.entry).toEqual(['assign', 'raise AGAIN', 'emit odd.told', 'send HELLO to other']);
  expect(end.transitions.find(({ trigger }) => 'name' in trigger && trigger.name === 'AGAIN')).toMatchObject({
    guard: 'inline',
    actions: ['inline'],
  });
});

test('the model is plain data', () => {
  const chart = readChart(nestedMachine);
  expect(structuredClone(chart)).toEqual(chart);
});

test('ids of transitions are words that differ, and those that a running machine reports', () => {
  const ids = [nestedMachine, flatMachine, oddMachine].flatMap((machine) =>
    [...allStates(readChart(machine))].flatMap(({ transitions }) => transitions.map(({ id }) => id)),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => /\s/.test(id))).toEqual([]);

  const taken: string[] = [];
  const actor = createActor(flatMachine, {
    inspect: (inspection) => taken.push(...(microstepOf(inspection)?.transitions ?? []).map(transitionId)),
  });
  actor.start().send({ type: 'TICK' });
  actor.stop();
  expect(taken).toContain('flat.waiting|TICK|0');
});
