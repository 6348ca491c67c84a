import { describe, expect, test } from 'vitest';
import { acceptanceOf, checkAcceptList, onlyFields } from '../../visualizations/xstate-inspect/accept.ts';

describe('the list of events that tools may send', () => {
  const list = { order: { CANCEL: ['reason'] } };

  test('names a machine and an event of it', () => {
    expect(acceptanceOf(list, 'order', 'CANCEL')).toEqual(['reason']);
    expect(acceptanceOf(list, 'order', 'PAY')).toBeUndefined();
    expect(acceptanceOf(list, 'parcel', 'CANCEL')).toBeUndefined();
  });

  test('is not fooled by what every object has', () => {
    expect(acceptanceOf(list, 'constructor', 'name')).toBeUndefined();
    expect(acceptanceOf(list, 'order', 'toString')).toBeUndefined();
    expect(acceptanceOf(list, '__proto__', 'toString')).toBeUndefined();
  });

  test('cannot name an event of XState itself', () => {
    expect(() => checkAcceptList({ order: { 'xstate.done.actor.pay': [] } })).toThrow(
      new RangeError('order cannot accept "xstate.done.actor.pay": it is XState\'s own event'),
    );
  });
});

describe('an event from outside', () => {
  const fields = (event: object, names: readonly string[]) => onlyFields({ type: 'CANCEL', ...event }, names);

  test('has the fields that are named, where they are plain', () => {
    expect(fields({ reason: 'late', count: 3, isSure: true, note: null, other: 'x' }, [])).toEqual({
      type: 'CANCEL',
    });
    expect(
      fields({ reason: 'late', count: 3, isSure: true, note: null }, ['reason', 'count', 'isSure', 'note']),
    ).toEqual({ type: 'CANCEL', reason: 'late', count: 3, isSure: true, note: null });
  });

  test('has nothing that could be looked into, and no long texts', () => {
    expect(fields({ reason: { a: 1 }, list: [1] }, ['reason', 'list'])).toEqual({ type: 'CANCEL' });
    expect(fields({ reason: 'x'.repeat(1_000) }, ['reason'])).toHaveProperty('reason');
    expect(fields({ reason: 'x'.repeat(1_001) }, ['reason'])).toEqual({ type: 'CANCEL' });
  });

  test('keeps its type, and takes nothing from a prototype', () => {
    expect(fields({}, ['type', 'toString', '__proto__'])).toEqual({ type: 'CANCEL' });
    const polluted = fields(JSON.parse('{"__proto__":{"isAdmin":true}}'), ['isAdmin', '__proto__']);
    expect('isAdmin' in polluted).toBe(false);
  });
});
