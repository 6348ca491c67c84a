import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCircuitBreaker } from '../../src/index.ts';
import { fail, look, MINUTE, newBreaker, openBreaker } from '../support/breaker.ts';

const OPEN = openBreaker().breaker.toJSON();
const CLOSED = (() => {
  const { breaker } = newBreaker();
  fail(breaker, 2);
  return breaker.toJSON();
})();
const [until] = CLOSED.failuresUntil;

const GARBAGE: Record<string, unknown> = {
  null: null,
  'an empty text': '',
  'its own JSON as text': JSON.stringify(OPEN),
  'a number': 0,
  'a boolean': false,
  'a bigint': 5n,
  'a symbol': Symbol('OPEN'),
  'a function': () => CLOSED,
  'an empty object': {},
  'an empty list': [],
  'a list of one': [CLOSED],
  'another version': { ...CLOSED, version: 2 },
  'a version as text': { ...CLOSED, version: '1' },
  'no version': { ...CLOSED, version: undefined },
  'an unknown state': { ...CLOSED, state: 'BROKEN' },
  'a state in small letters': { ...CLOSED, state: 'closed' },
  'a state as code': { ...CLOSED, state: 0 },
  'a state in a list': { ...CLOSED, state: ['CLOSED'] },
  'the transient state': { ...CLOSED, state: 'RESTORING' },
  'NaN failures': { ...CLOSED, failures: Number.NaN },
  'fewer failures than their times': { ...CLOSED, failures: 1 },
  'negative failures': { ...OPEN, failures: -1 },
  'half a failure': { ...OPEN, failures: 1.5 },
  'failures as text': { ...OPEN, failures: '3' },
  'endless failures': { ...OPEN, failures: Number.POSITIVE_INFINITY },
  'no failure times': { ...CLOSED, failuresUntil: null },
  'NaN among failure times': { ...CLOSED, failuresUntil: [until, Number.NaN] },
  'text among failure times': { ...CLOSED, failuresUntil: [until, `${until}`] },
  'a hole among failure times': { ...CLOSED, failuresUntil: [until, undefined] },
  'a real hole among failure times': { ...CLOSED, failuresUntil: Object.assign(new Array(2), { 0: until }) },
  'NaN generation': { ...CLOSED, generation: Number.NaN },
  'negative generation': { ...CLOSED, generation: -1 },
  'a generation beyond counting': { ...CLOSED, generation: Number.MAX_SAFE_INTEGER },
  'failures beyond counting': { ...OPEN, failures: Number.MAX_SAFE_INTEGER },
  'NaN openings': { ...CLOSED, openings: Number.NaN },
  'no length': { ...OPEN, openLengthMs: 0 },
  'a negative length': { ...OPEN, openLengthMs: -1 },
  'a length that no timer can hold': { ...OPEN, openLengthMs: 2 ** 31 },
  'no deadline': { ...OPEN, openUntil: null },
  'a NaN deadline': { ...OPEN, openUntil: Number.NaN },
  'a deadline as text': { ...OPEN, openUntil: '2026-11-24' },
  'a date as date': { ...OPEN, lastFailureAt: new Date() },
  'NaN as date': { ...OPEN, changedAt: Number.NaN },
  'a snapshot as prototype': Object.create(CLOSED),
  'fields from a prototype': Object.assign(Object.create({ version: 1, state: 'CLOSED' }), {
    ...CLOSED,
    state: undefined,
  }),
  'a prototype from JSON': JSON.parse(`{"__proto__": ${JSON.stringify(CLOSED)}}`),
  'a getter that throws': {
    ...CLOSED,
    get state() {
      throw new Error('no');
    },
  },
  'a proxy that throws': new Proxy(CLOSED, {
    getOwnPropertyDescriptor: () => {
      throw new Error('no');
    },
  }),
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a snapshot that cannot be read', () => {
  for (const [title, snapshot] of Object.entries(GARBAGE)) {
    it(`opens the breaker for a full time-out and is reported: ${title}`, async () => {
      const { breaker, changes, errors, clock } = newBreaker({ snapshot });
      expect(errors).toEqual([]);
      expect(look(breaker)).toMatchObject({ state: 'OPEN', admits: false, retryAfterMs: MINUTE });
      await Promise.resolve();
      expect(errors).toEqual([expect.any(Error)]);
      expect((errors[0] as Error).cause).toBeInstanceOf(Error);
      expect(changes).toEqual([]);
      clock.increment(MINUTE - 1);
      expect(breaker.state).toBe('OPEN');
      clock.increment(1);
      expect(breaker.state).toBe('HALF_OPEN');
      expect(createCircuitBreaker({ snapshot: breaker.toJSON() }).state).toBe('HALF_OPEN');
    });
  }

  it.each([
    [5, 'it is no object'],
    [null, 'it is no object'],
    [{}, 'it has no version'],
    [{ ...CLOSED, version: 2 }, 'its version is unknown'],
    [{ ...CLOSED, state: 'BROKEN' }, 'its state is unknown'],
    [{ ...CLOSED, failures: 'two' }, 'failures is no number'],
    [{ ...CLOSED, failures: -1 }, 'failures is no count'],
    [{ ...CLOSED, failuresUntil: {} }, 'failuresUntil is no list of instants'],
    [{ ...CLOSED, failures: 1 }, 'failuresUntil does not match failures'],
    [{ ...CLOSED, openLengthMs: 0 }, 'openLengthMs is out of bounds'],
    [{ ...OPEN, openUntil: null }, 'openUntil is missing'],
  ])('is reported with what is wrong about it (%#)', async (snapshot, message) => {
    const { errors } = newBreaker({ snapshot });
    await Promise.resolve();
    expect(errors).toEqual([
      new Error('the snapshot of the circuit breaker cannot be read: it is OPEN for a full time-out', {
        cause: new TypeError(message),
      }),
    ]);
    expect((errors[0] as Error).cause).toEqual(new TypeError(message));
  });

  it('is a warning of the process when nobody listens to errors', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    createCircuitBreaker({ snapshot: null });
    expect(warn).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.any(Error));
  });

  it('counts as the first opening of the backoff', () => {
    const { breaker, clock } = newBreaker({ snapshot: null, policy: { openBackoff: { factor: 2 } } });
    clock.increment(MINUTE);
    fail(breaker);
    expect(breaker.retryAfterMs).toBe(2 * MINUTE);
  });

  it('does not pollute what it was made of', () => {
    const { breaker } = newBreaker({ snapshot: JSON.parse('{"__proto__": {"admits": true}}') });
    breaker.on('error', () => {});
    expect(breaker.admits).toBe(false);
    expect(({} as { admits?: boolean }).admits).toBeUndefined();
  });
});

it('a snapshot with more fields than it needs can be read', () => {
  const { breaker, errors } = newBreaker({ snapshot: { ...CLOSED, comment: 'from a later version' } });
  expect(breaker.state).toBe('CLOSED');
  expect(errors).toEqual([]);
});

it('a snapshot may count up to 2^50, and goes on counting from there', () => {
  const { breaker, errors } = newBreaker({ snapshot: { ...CLOSED, generation: 2 ** 50 } });
  breaker.isolate();
  expect(breaker.generation).toBe(2 ** 50 + 1);
  expect(errors).toEqual([]);
});
