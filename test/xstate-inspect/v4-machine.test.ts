import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type AnyStateMachine, createActor, createMachine, SimulatedClock } from 'xstate';
import { DRAWN } from '../../scripts/diagrams.ts';
import { allStates, type ChartState, readChart } from '../../src/diagram/index.ts';
import { eventTypesOf } from '../../visualizations/xstate-inspect/v4-events.ts';
import { toV4Machine, toV4State, type V4Machine } from '../../visualizations/xstate-inspect/v4-machine.ts';
import { randomMachine } from '../diagram/random-machine.ts';
import { samples } from '../diagram/samples.ts';

/** XState 4, as the tools have it. */
const v4: { createMachine(config: object): V4Machine } = createRequire(
  new URL('../../visualizations/xstate-inspect/index.ts', import.meta.url),
)('xstate');

/** XState 4 warns of what its own definitions hold. */
beforeAll(() => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => warn.mockRestore();
});

/** The machine as it is on the other side: from the JSON that goes over the wire. */
const rebuilt = (chart: ChartState): V4Machine =>
  v4.createMachine(JSON.parse(JSON.stringify(toV4Machine(chart))));

/** Transitions as one text each, in the terms of XState 4. */
function toldBy(machine: V4Machine): readonly string[] {
  return machine.stateIds.flatMap((id) => {
    const node = machine.getStateNodeById(id);
    return node.transitions.map(({ eventType, target, cond, actions }) => {
      const targets = (target ?? []).map((each) => each.id).join('+');
      const names = actions.map(({ type }) => type).join(',');
      return `${id} | ${eventType} | ${cond?.name ?? ''} | ${targets} | ${names}`;
    });
  });
}

function expectedOf(chart: ChartState): readonly string[] {
  const typeOf = eventTypesOf(chart);
  return [...allStates(chart)].flatMap(({ id, transitions }) =>
    transitions.map(({ eventType, guard, targets, actions }) => {
      return `${id} | ${typeOf(eventType)} | ${guard ?? ''} | ${targets.join('+')} | ${actions.join(',')}`;
    }),
  );
}

function expectSame(chart: ChartState): void {
  const machine = rebuilt(chart);
  const states = [...allStates(chart)];
  expect(machine.stateIds.toSorted()).toEqual(states.map(({ id }) => id).toSorted());
  for (const { id, kind, key, history, invokes } of states) {
    const node = machine.getStateNodeById(id);
    expect(node).toMatchObject({ key, type: kind, history: history ?? false });
    expect(node.invoke.map((invoke) => [invoke.id, invoke.src])).toEqual(
      invokes.map(({ id, source }) => [id, { type: source }]),
    );
  }
  // XState 4 puts delayed ones and the wildcard last, so only their order within a state and an event tells anything.
  expect(toldBy(machine).toSorted()).toEqual(expectedOf(chart).toSorted());
}

describe('a chart as a machine of XState 4', () => {
  test.each(Object.entries(DRAWN))('%s has the same states and transitions', (_, { machine, delays }) => {
    expectSame(readChart(machine, { delays }));
  });

  test.each(Object.entries(samples))('%s has the same states and transitions', (_, machine) => {
    expectSame(readChart(machine));
  });

  test('so has any chart, and it goes where XState 5 goes', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), (seed, events) => {
        const machine = randomMachine(seed);
        expectSame(readChart(machine));
        expectSameWay(
          machine,
          events.map((number) => `EVENT_${number}`),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('a delay is told by its length where that is known, else by its name', () => {
    const { machine } = DRAWN['circuit-breaker'];
    const openIn = (chart: ChartState) =>
      rebuilt(chart)
        .getStateNodeById('circuitBreaker.OPEN')
        .transitions.filter((transition) => 'delay' in transition);
    expect(openIn(readChart(machine, { delays: { openTimeout: 60_000 } }))).toMatchObject([
      { delay: 60_000, eventType: 'xstate.after(60000)#circuitBreaker.OPEN' },
    ]);
    expect(openIn(readChart(machine))).toMatchObject([
      { delay: 'openTimeout', eventType: 'xstate.after(openTimeout)#circuitBreaker.OPEN' },
    ]);
  });

  test('the candidates of an event keep their order', () => {
    const chart = readChart(DRAWN['circuit-breaker'].machine);
    const { on } = rebuilt(chart).getStateNodeById('circuitBreaker.HALF_OPEN');
    expect(on['SUCCESS']?.map(({ cond }) => cond?.name)).toEqual([
      'isStale',
      'permitIsNotOut',
      'reachesSuccessThreshold',
      undefined,
    ]);
  });

  test('an initial state need not be the first', () => {
    const machine = createMachine({ id: 'm', initial: 'b', states: { a: {}, b: {}, c: {} } });
    expect(rebuilt(readChart(machine)).initialState.value).toBe('b');
  });

  test('an initial state that is deeper than a child is entered by that child', () => {
    const deep = createMachine({
      id: 'deep',
      initial: 'a',
      states: {
        a: { initial: 'b', states: { b: { id: 'named.b' }, c: {} } },
        d: {},
      },
    });
    expect(rebuilt(readChart(deep)).initialState.value).toEqual({ a: 'b' });
  });

  test('a transition to its own state or beneath enters it anew only where XState 5 does', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: {
        a: {
          on: { STAY: { target: '.b' }, AGAIN: { target: 'a', reenter: true }, AWAY: 'c' },
          initial: 'b',
          states: { b: {} },
        },
        c: {},
      },
    });
    const internals = rebuilt(readChart(machine))
      .getStateNodeById('m.a')
      .transitions.map(({ eventType, internal }) => [eventType, internal]);
    expect(internals).toEqual([
      ['STAY', true],
      ['AGAIN', false],
      ['AWAY', false],
    ]);
  });
});

/** Both go the same way from the same state, whichever events come. */
function expectSameWay(machine: AnyStateMachine, events: readonly string[]): void {
  // Of what was before nothing is told, and where two regions leave together XState 4 ends up in both places.
  if (/"type":"(history|parallel)"/.test(JSON.stringify(machine.definition))) return;
  const actor = createActor(machine, { clock: new SimulatedClock() }).start();
  const told = rebuilt(readChart(machine));
  for (const type of events) {
    const before = actor.getSnapshot();
    actor.send({ type });
    const after = told.transition(told.resolveState(at(told, before.value)), type);
    expect([type, before.value, after.value]).toEqual([type, before.value, actor.getSnapshot().value]);
  }
  actor.stop();
}

const at = (machine: V4Machine, value: unknown) =>
  toV4State(machine, {
    value: value as never,
    context: {},
    event: { name: 'xstate.init', data: { type: 'xstate.init' }, $$type: 'scxml', type: 'external' },
    sessionId: 'x:1',
    actions: [],
    isChanged: false,
  });
