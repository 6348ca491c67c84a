import { describe, expect, test } from 'vitest';
import { type ContextLine, contextLines } from '../../../visualizations/inspector/context-diff.ts';
import { placeHash, readPlace } from '../../../visualizations/inspector/deep-link.ts';
import { indexAfter } from '../../../visualizations/inspector/list-keys.ts';
import { sequenceOf } from '../../../visualizations/inspector/sequence-layout.ts';
import { change, ended, event } from './records.ts';

describe('deep links', () => {
  test('a place survives its link', () => {
    const place = { actor: 'payment:INV 7&8', event: 120, view: 'sequence', q: 'stale =' } as const;
    expect(readPlace(placeHash(place))).toEqual(place);
    expect(readPlace(placeHash({ tab: '@disbursements' }))).toEqual({ tab: '@disbursements' });
  });

  test('the log is what is shown without a word', () => {
    expect(placeHash({ actor: 'payment:7', view: 'log' })).toBe('#actor=payment:7');
    expect(placeHash({})).toBe('');
  });

  test('nonsense is left out', () => {
    expect(readPlace('#event=-1&view=pony&actor=&q=')).toEqual({});
    expect(readPlace('#event=1e9')).toEqual({});
    expect(readPlace('')).toEqual({});
  });
});

describe('keys in a list', () => {
  const at = (index: number) => ({ index, count: 10, page: 4 });

  test.each([
    ['ArrowDown', 3, 4],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 0, 0],
    ['PageUp', 9, 5],
    ['PageDown', 8, 9],
    ['Home', 5, 0],
    ['End', 5, 9],
    // Nobody was there yet: from the end.
    ['ArrowUp', -1, 9],
  ])('%s at %d leads to %d', (key, from, to) => {
    expect(indexAfter(key, at(from))).toBe(to);
  });

  test('other keys, and empty lists, lead nowhere', () => {
    expect(indexAfter('x', at(3))).toBeUndefined();
    expect(indexAfter('ArrowDown', { index: -1, count: 0, page: 4 })).toBeUndefined();
  });
});

describe('the sequence diagram', () => {
  const options = {
    laneOf: (id: string) => id,
    lasting: ['breaker', 'executor'],
    isPassing: (name: string) => name.startsWith('payment:'),
    changeText: () => undefined,
    mostPassing: 2,
  };

  test('lanes are outside, those of long standing, the latest of the others, and the rest', () => {
    const records = [
      event(1, 'payment:1', 'PAY', { from: 'executor' }),
      event(2, 'payment:2', 'PAY', { from: 'executor' }),
      event(3, 'payment:3', 'PAY', { from: 'executor' }),
      event(4, 'executor', 'RESTED', { from: 'payment:2' }),
      event(5, 'breaker', 'RESET'),
    ];
    const { lanes, messages } = sequenceOf(records, options);
    expect(lanes).toEqual(['outside', 'breaker', 'executor', 'payment:3', 'payment:2', 'other payments']);
    expect(messages.map(({ from, to }) => [lanes[from], lanes[to]])).toEqual([
      ['executor', 'other payments'],
      ['executor', 'payment:2'],
      ['executor', 'payment:3'],
      ['payment:2', 'executor'],
      ['outside', 'breaker'],
    ]);
  });

  test('those of long standing have a lane even when they are silent', () => {
    expect(sequenceOf([], options).lanes).toEqual(['breaker', 'executor']);
  });

  test('a timer is an arrow to itself, what came to nothing is told apart', () => {
    const { messages } = sequenceOf(
      [
        event(1, 'breaker', 'xstate.after.openTimeout.OPEN', { from: 'breaker' }),
        event(2, 'breaker', 'FAILURE', { from: 'executor', verdict: 'refused' }),
        event(3, 'breaker', 'SUCCESS', { from: 'executor', change: change('HALF_OPEN', 'CLOSED') }),
        ended(4, 'payment:1'),
      ],
      {
        ...options,
        changeText: (record) => (record.kind === 'event' && record.change ? 'CLOSED' : undefined),
      },
    );
    expect(messages.map(({ kind }) => kind)).toEqual(['self', 'refused', 'sent', 'life']);
    expect(messages[0]?.label).toBe('after openTimeout');
    expect(messages[2]?.change).toBe('CLOSED');
  });

  test('only the last messages are drawn', () => {
    const records = Array.from({ length: 20 }, (_, i) => event(i, 'breaker', 'A'));
    const { messages, omitted } = sequenceOf(records, { ...options, mostMessages: 15 });
    expect(messages[0]?.seq).toBe(5);
    expect(omitted).toBe(5);
  });
});

describe('the context', () => {
  const marks = (lines: readonly ContextLine[]) =>
    Object.fromEntries(
      lines.filter((line) => line.change !== undefined).map((line) => [line.path, line.change]),
    );

  test('is told as lines, parents before children', () => {
    const lines = contextLines({ failures: 1, lease: { owner: 'a' }, probes: [] }, undefined);
    expect(lines.map(({ path, depth, isBranch }) => [path, depth, isBranch])).toEqual([
      ['failures', 0, false],
      ['lease', 0, true],
      ['lease.owner', 1, false],
      ['probes', 0, false],
    ]);
    expect(marks(lines)).toEqual({});
  });

  test('what changed is marked where it is, with what was there', () => {
    const before = { failures: 1, tally: { failed: 1, staged: 2 }, name: 'x', error: null };
    const lines = contextLines(
      { failures: 2, tally: { failed: 2, staged: 2 }, name: 'x', error: 'gone' },
      before,
    );
    expect(marks(lines)).toEqual({
      failures: 'changed',
      tally: 'inside',
      'tally.failed': 'changed',
      error: 'changed',
    });
    expect(lines.find(({ path }) => path === 'failures')?.before).toBe(1);
    expect(lines.find(({ path }) => path === 'error')?.before).toBeNull();
  });

  test('what is new as a whole is marked once', () => {
    const lines = contextLines(
      { probes: [{ id: 'p1' }], lease: { owner: 'a' } },
      { probes: [], lease: null },
    );
    expect(marks(lines)).toEqual({ probes: 'inside', 'probes.0': 'new', lease: 'changed' });
  });
});
