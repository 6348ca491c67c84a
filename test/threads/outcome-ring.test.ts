import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/threads/outcome.ts';
import { OutcomeRing } from '../../src/threads/outcome-ring.ts';
import { HEAD, newMemory, TAIL, viewsOf } from '../../src/threads/shared-memory.ts';
import { COUNT_MASK } from '../../src/threads/slots.ts';
import { wordOf } from '../../src/threads/state-word.ts';
import { atEachStep, dyingAtEachStep, killedAt } from './at-each-step.ts';
import { readAll } from './read-all.ts';

const SIZE = 4;

function newRing() {
  const memory = viewsOf(newMemory(SIZE));
  return { memory, ring: new OutcomeRing(memory) };
}

/** Number `n` of those that are sent. */
const outcome = (n: number): Outcome => ({ type: 'FAILURE', word: n, slot: undefined });

const push = (ring: OutcomeRing, ...numbers: number[]): boolean[] =>
  numbers.map((n) => ring.push(outcome(n)));

describe('the ring of outcomes', () => {
  it('is empty at first', () => {
    const { ring } = newRing();
    expect(ring.peek()).toBeUndefined();
    expect([ring.isQuiet, ring.isFull]).toEqual([true, false]);
  });

  it('gives what was sent, whole, in the order it was sent', () => {
    const { ring } = newRing();
    const sent: Outcome[] = [
      { type: 'SUCCESS', word: wordOf('CLOSED', 0), slot: undefined },
      { type: 'FAILURE', word: wordOf('HALF_OPEN', 2 ** 28 - 1), slot: COUNT_MASK },
      { type: 'STORAGE_FATAL', word: wordOf('HALF_OPEN', 2 ** 27), slot: 0 },
      { type: 'CANCELLED', word: wordOf('HALF_OPEN', 1), slot: 1 },
    ];
    for (const each of sent) ring.push(each);
    const read = sent.map(() => {
      const next = ring.peek();
      ring.shift();
      return next;
    });
    expect(read).toEqual(sent);
  });

  it('takes no more than there is room for, and again when some were read', () => {
    const { ring } = newRing();
    expect(push(ring, 1, 2, 3, 4, 5)).toEqual([true, true, true, true, false]);
    expect(ring.isFull).toBe(true);
    ring.shift();
    expect(ring.isFull).toBe(false);
    expect(push(ring, 6, 7)).toEqual([true, false]);
    expect(readAll(ring)).toEqual([2, 3, 4, 6]);
  });

  it('is quiet only when what was sent has been dealt with', () => {
    const { ring } = newRing();
    push(ring, 1);
    expect(ring.isQuiet).toBe(false);
    ring.peek();
    expect(ring.isQuiet).toBe(false);
    ring.shift();
    expect(ring.isQuiet).toBe(true);
  });

  it.each([0, 2 ** 31 - 3, -(2 ** 31), -3])('goes on for ever: from ticket %i on', (from) => {
    const { ring, memory } = newRing();
    // As many laps have been made: each cell is empty for the next one.
    for (let i = 0; i < SIZE; i += 1) {
      Atomics.store(memory.words, TAIL, from - SIZE + i);
      ring.shift();
    }
    Atomics.store(memory.words, HEAD, from);
    for (let n = 0; n < 5 * SIZE; n += 1) {
      expect(push(ring, n, n + 100)).toEqual([true, true]);
      expect(readAll(ring)).toEqual([n, n + 100]);
    }
  });
});

describe('a producer that stops for good', () => {
  it('at any of its steps stops nobody, and its outcome came once or not at all', () => {
    const steps = dyingAtEachStep(() => {
      const { ring } = newRing();
      push(ring, 1);
      return {
        act: () => push(ring, 2),
        check: () => {
          push(ring, 3);
          expect([
            [1, 2, 3],
            [1, 3],
          ]).toContainEqual(readAll(ring));
          expect(push(ring, 4, 5, 6, 7, 8)).toEqual([true, true, true, true, false]);
          expect(readAll(ring)).toEqual([4, 5, 6, 7]);
          expect(ring.isQuiet).toBe(true);
        },
      };
    });
    expect(steps).toBe(4);
  });

  it('after its swap has sent its outcome', () => {
    const { ring } = newRing();
    expect(killedAt(4, () => push(ring, 1))).toBe(true);
    expect(ring.peek()).toBeUndefined();
    push(ring, 2);
    expect(readAll(ring)).toEqual([1, 2]);
  });
});

describe('a producer that sleeps', () => {
  it.each([1, 3, 4, 5, 8, 9])('at any of its steps while %i others send and are read', (others) => {
    const steps = atEachStep(() => {
      const { ring } = newRing();
      const read: number[] = [];
      const numbers = Array.from({ length: others }, (_, i) => 100 + i);
      return {
        act: () => expect(push(ring, 1, 2)).toEqual([true, true]),
        meanwhile: () => {
          for (const n of numbers) {
            expect(push(ring, n)).toEqual([true]);
            read.push(...readAll(ring));
          }
        },
        check: () => {
          read.push(...readAll(ring));
          // Each once; those of one thread in their order.
          expect(read.toSorted((a, b) => a - b)).toEqual([1, 2, ...numbers]);
          expect(read.filter((n) => n < 100)).toEqual([1, 2]);
          expect(read.filter((n) => n >= 100)).toEqual(numbers);
          expect(ring.isQuiet).toBe(true);
        },
      };
    });
    expect(steps).toBeGreaterThanOrEqual(8);
  });

  it('at any of its steps while others fill the ring finds it full, or came before', () => {
    atEachStep(() => {
      const { ring } = newRing();
      let others: boolean[] = [];
      let own: boolean[] = [];
      return {
        act: () => {
          own = push(ring, 1);
        },
        meanwhile: () => {
          others = push(ring, 100, 101, 102, 103, 104);
        },
        check: () => {
          expect([...own, ...others].filter(Boolean)).toHaveLength(SIZE);
          expect(readAll(ring)).toHaveLength(SIZE);
        },
      };
    });
  });
});

it('the reader may sleep at any of its steps while others send', () => {
  atEachStep(() => {
    const { ring } = newRing();
    push(ring, 1, 2, 3, 4);
    const read: number[] = [];
    let isSent = false;
    return {
      act: () => read.push(...readAll(ring)),
      meanwhile: () => {
        [isSent = false] = push(ring, 5);
      },
      check: () => {
        read.push(...readAll(ring));
        expect(read).toEqual(isSent ? [1, 2, 3, 4, 5] : [1, 2, 3, 4]);
      },
    };
  });
});
