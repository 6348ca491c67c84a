import { describe, expect, test } from 'vitest';
import { consequencesOf } from '../../../visualizations/inspector/consequences.ts';
import * as format from '../../../visualizations/inspector/format.ts';
import { outcomeOf, recordEvent } from '../../../visualizations/inspector/record-words.ts';
import { lookOf } from '../../../visualizations/inspector/state-look.ts';
import { atOf, ended, event } from './records.ts';

const NESTED = { ticking: { holding: { work: 'processing', lease: 'kept' } } };

describe('times', () => {
  test('clock times are the reader’s', () => {
    const at = new Date(2026, 10, 24, 3, 5, 6, 7).getTime();
    expect(format.clockText(at)).toBe('03:05:06');
    expect(format.clockText(at, true)).toBe('03:05:06.007');
    expect(format.instantText(at, at + 1_000)).toBe('03:05:06');
    expect(format.instantText(at, at + 86_400_000)).toBe('2026-11-24 03:05:06');
  });

  test.each([
    [-5, '0 ms'],
    [850, '850 ms'],
    [42_900, '42 s'],
    [192_000, '3 min 12 s'],
    [7_500_000, '2 h 5 min'],
    [357_000_000, '4 d 3 h'],
  ])('%d ms lasted %s', (ms, text) => {
    expect(format.durationText(ms)).toBe(text);
  });

  test.each([
    [0, '0:00'],
    [1, '0:01'],
    [42_000, '0:42'],
    [42_001, '0:43'],
    [727_000, '12:07'],
    [3_723_000, '1:02:03'],
    [-9, '0:00'],
  ])('%d ms are counted down as %s', (ms, text) => {
    expect(format.countdownText(ms)).toBe(text);
  });

  test.each([
    [250, '250 ms'],
    [1_500, '1.5 s'],
    [60_000, '1 min'],
    [90_000, '90 s'],
  ])('a delay of %d ms is %s', (ms, text) => {
    expect(format.delayText(ms)).toBe(text);
  });
});

describe('words', () => {
  test.each([
    ['reachesFailureThreshold', 'reaches failure threshold'],
    ['isStale', 'is stale'],
    ['FAILURE_AGED', 'FAILURE_AGED'],
    ['the node said NO', 'the node said NO'],
    ['hasIPv4', 'has IPv4'],
  ])('%s is %s', (name, words) => {
    expect(format.wordsOf(name)).toBe(words);
  });

  test.each([
    ['xstate.after.60000.m.a', 'after 1 min'],
    ['xstate.after.openTimeout.circuitBreaker.OPEN', 'after openTimeout'],
    ['xstate.done.actor.acquireLease', 'done (acquireLease)'],
    ['xstate.error.actor.0.m.a', 'error (0.m.a)'],
    ['xstate.done.state.m.ticking', 'done (ticking)'],
    ['xstate.init', 'start'],
    ['FAILURE', 'FAILURE'],
  ])('%s is worded %s', (type, words) => {
    expect(format.eventText(type)).toBe(words);
  });

  test('a nested state is spelled on one line', () => {
    expect(format.stateText('OPEN')).toBe('OPEN');
    expect(format.stateText(NESTED)).toBe('ticking › holding › work: processing, lease: kept');
    expect(format.stateText({ a: { b: { c: 'd', e: 'f' }, g: 'h' } })).toBe('a › b: (c: d, e: f), g: h');
    expect(format.stateText({ a: {} })).toBe('a');
  });

  test('of a change only what is new is named', () => {
    const after = { ticking: { holding: { work: 'draining', lease: 'kept' } } };
    expect(format.newStateText(NESTED, after)).toBe('work › draining');
    expect(format.newStateText(NESTED, 'waiting')).toBe('waiting');
    expect(format.newStateText('OPEN', 'OPEN')).toBe('OPEN');
  });

  test('names and hashes are shortened where they are many', () => {
    expect(format.shortName('payment:INV-7')).toBe('INV-7');
    expect(format.shortName('odd:')).toBe('odd:');
    expect(format.shortHash('0x3f5c00000000000000009a01')).toBe('0x3f5c…9a01');
    expect(format.plural(1_234, 'failure')).toBe('1,234 failures');
  });
});

describe('what came of a record', () => {
  test('a refusal says why, something that was done names its guards', () => {
    const refused = event(1, 'b', 'FAILURE', { verdict: 'refused', reason: 'stale generation' });
    expect(outcomeOf(refused)).toEqual({ badge: 'refused', text: 'stale generation' });
    const taken = event(1, 'b', 'FAILURE', { steps: [{ edges: [], guards: ['isIdle'], actions: [] }] });
    expect(outcomeOf(taken)).toEqual({ text: 'is idle' });
  });

  test('refused calls say when the next chance is', () => {
    const rejected = { kind: 'rejected', seq: 1, at: atOf(1), actor: 'b', count: 37, state: 'OPEN' } as const;
    expect(outcomeOf({ ...rejected, retryAfterMs: 12_000 }).text).toBe('OPEN: next chance in 0:12');
    expect(outcomeOf({ ...rejected, state: 'ISOLATED', retryAfterMs: null }).text).toBe(
      'ISOLATED: not until it is reset',
    );
    expect(recordEvent({ ...rejected, retryAfterMs: null })).toBe('37 calls');
  });

  test('an end by an error shows it', () => {
    expect(outcomeOf({ kind: 'ended', seq: 1, at: 1, actor: 'b', status: 'error', error: 'boom' })).toEqual({
      badge: 'error',
      text: 'boom',
    });
    expect(outcomeOf(ended(1, 'b'))).toEqual({ text: 'stopped' });
  });
});

test('every state of the breaker has a shape of its own', () => {
  const shapes = ['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'].map((state) => lookOf(state).shape);
  expect(new Set(shapes).size).toBe(4);
  expect(lookOf({ ticking: 'leasing' })).toEqual({ tone: 'neutral', shape: 'dot' });
  expect(lookOf({ ticking: { lease: 'lost' } }).tone).toBe('bad');
  expect(lookOf('OPEN', 'error').shape).toBe('cross');
  expect(lookOf('anything', 'done').shape).toBe('check');
});

describe('consequences', () => {
  const text = (...of: Parameters<typeof consequencesOf>) => consequencesOf(...of).join(' ');

  test('isolating names what is out and what will not come', () => {
    expect(text('isolate', { state: 'CLOSED', submissionsOut: 3 })).toBe(
      'Nothing is submitted any more until somebody resets it. 3 submissions that are out are still recorded.',
    );
    expect(text('isolate', { state: 'CLOSED', submissionsOut: 1 })).toContain(
      '1 submission that is out is still recorded.',
    );
    expect(text('isolate', { state: 'OPEN', nextChanceMs: 42_000 })).toContain(
      'due in 0:42 will not take place',
    );
    expect(text('isolate', { state: 'ISOLATED' })).toContain('nothing changes');
  });

  test('resetting names what is forgotten and what an outage would cost', () => {
    expect(text('reset', { state: 'OPEN', failures: 5, failureThreshold: 5 })).toBe(
      'Closes the breaker at once and forgets 5 failures: payments go out again with the next tick. If the RPC is still down, 5 more payments will fail before it opens again.',
    );
    expect(text('reset', { state: 'HALF_OPEN', probesInFlight: 1 })).toContain(
      'What becomes of 1 probe that is out is not counted.',
    );
    expect(text('reset', { state: 'CLOSED', failures: 2 })).toBe('It stays closed and forgets 2 failures.');
    expect(text('reset', { state: 'CLOSED', failures: 0 })).toContain('counts no failure');
  });
});
