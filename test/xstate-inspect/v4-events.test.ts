import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { readChart } from '../../src/diagram/index.ts';
import { eventTypesOf, v4EventType } from '../../visualizations/xstate-inspect/v4-events.ts';

test.each([
  ['xstate.done.actor.submit', 'done.invoke.submit'],
  ['xstate.error.actor.0.order.paying', 'error.platform.0.order.paying'],
  ['xstate.done.state.order.paying', 'done.state.order.paying'],
  ['xstate.init', 'xstate.init'],
  ['xstate.snapshot.child', 'xstate.snapshot.child'],
  ['FAILURE', 'FAILURE'],
  ['order.*', 'order.*'],
  ['', ''],
])('%s is %s in XState 4', (type, expected) => {
  expect(v4EventType(type)).toBe(expected);
});

test('a timer is named by its length, which only the chart tells: delays and ids may hold dots', () => {
  const machine = createMachine({
    id: 'shop.front',
    initial: 'open',
    states: { open: { id: 'it.is.open', after: { 2500: 'shut', 'closing.time': 'shut' } }, shut: {} },
  });
  const typeOf = eventTypesOf(readChart(machine));
  expect(typeOf('xstate.after.2500.it.is.open')).toBe('xstate.after(2500)#it.is.open');
  expect(typeOf('xstate.after.closing.time.it.is.open')).toBe('xstate.after(closing.time)#it.is.open');
  expect(typeOf('xstate.after.9.elsewhere')).toBe('xstate.after.9.elsewhere');
  expect(typeOf('xstate.done.actor.job')).toBe('done.invoke.job');
});
