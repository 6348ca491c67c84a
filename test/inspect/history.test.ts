import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { History } from '../../src/inspect/history.ts';
import type { FeedRecord } from '../../src/inspect/protocol.ts';

function record(history: History, isInternal = false): FeedRecord {
  const made: FeedRecord = {
    seq: history.next(),
    at: 0,
    actor: 'a1',
    kind: 'renamed',
    name: 'x',
    ...(isInternal && { isInternal }),
  };
  history.add(made);
  return made;
}

const numbers = (records: readonly FeedRecord[]) => records.map(({ seq }) => seq);

describe('a history', () => {
  test('is empty at first', () => {
    const history = new History(3);
    expect([history.last, history.droppedSince(0), history.since(0, 10)]).toEqual([0, 0, []]);
    expect(history.isKept(0, false)).toBe(false);
  });

  test('keeps the last records, and tells how many it has not', () => {
    const history = new History(3);
    for (let i = 0; i < 5; i += 1) record(history);
    expect(numbers(history.since(0, 10))).toEqual([3, 4, 5]);
    expect([0, 1, 2, 3, 5].map((seq) => history.droppedSince(seq))).toEqual([2, 1, 0, 0, 0]);
    expect([2, 3, 5].map((seq) => history.isKept(seq, false))).toEqual([false, true, true]);
  });

  test('keeps exactly as many as it is to', () => {
    const history = new History(3);
    for (let i = 0; i < 3; i += 1) record(history);
    expect(history.droppedSince(0)).toBe(0);
    record(history);
    expect(history.droppedSince(0)).toBe(1);
  });

  test('is not emptied by bookkeeping', () => {
    const history = new History(4);
    record(history);
    for (let i = 0; i < 100; i += 1) record(history, true);
    record(history);
    expect(numbers(history.since(0, 10))).toEqual([1, 101, 102]);
    expect(history.droppedSince(1)).toBe(99);
  });

  test('gives records in their order, a few at a time', () => {
    const history = new History(8);
    for (const isInternal of [false, true, true, false, false]) record(history, isInternal);
    expect(numbers(history.since(0, 2))).toEqual([1, 2]);
    expect(numbers(history.since(2, 2))).toEqual([3, 4]);
    expect(numbers(history.since(4, 2))).toEqual([5]);
    expect(numbers(history.since(5, 2))).toEqual([]);
  });
});

test('a history does what a plain list does', () => {
  const step = fc.record({
    isInternal: fc.boolean(),
    seq: fc.integer({ min: 0, max: 80 }),
    limit: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 60 }), (size, steps) => {
      const history = new History(size);
      const all: FeedRecord[] = [];
      for (const { isInternal, seq: at, limit } of steps) {
        all.push(record(history, isInternal));
        const kept = [
          ...all.filter((each) => !each.isInternal).slice(-size),
          ...all.filter((each) => each.isInternal).slice(-Math.ceil(size / 4)),
        ].toSorted((a, b) => a.seq - b.seq);
        const seq = Math.min(at, all.length);
        expect(history.last).toBe(all.length);
        expect(history.since(seq, limit)).toEqual(kept.filter((each) => each.seq > seq).slice(0, limit));
        const lost = all.filter((each) => each.seq > seq && !kept.includes(each));
        expect(history.droppedSince(seq)).toBe(lost.length);
        for (const each of all) {
          expect(history.isKept(each.seq, each.isInternal === true)).toBe(kept.includes(each));
        }
      }
    }),
  );
});
