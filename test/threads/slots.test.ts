import { describe, expect, it } from 'vitest';
import { newMemory, viewsOf } from '../../src/threads/shared-memory.ts';
import { COUNT_MASK, Slots, WINDOW } from '../../src/threads/slots.ts';
import { EPOCH_MASK } from '../../src/threads/state-word.ts';
import { atEachStep, dyingAtEachStep } from './at-each-step.ts';

const newSlots = () => new Slots(viewsOf(newMemory(1)));

/** Slots of epoch 1, of which so many may be taken. */
function slotsUpTo(limit: number): Slots {
  const slots = newSlots();
  slots.limit(1, () => limit);
  return slots;
}

describe('slots', () => {
  it('are taken one after the other, up to the limit', () => {
    const slots = slotsUpTo(2);
    expect([slots.take(1), slots.take(1), slots.take(1)]).toEqual([0, 1, undefined]);
    expect(slots.read()).toEqual({ epoch: 1, taken: 2, limit: 2 });
  });

  it('of another epoch are not taken', () => {
    const slots = slotsUpTo(2);
    expect([slots.take(0), slots.take(2)]).toEqual([undefined, undefined]);
    expect(slots.read()).toEqual({ epoch: 1, taken: 0, limit: 2 });
  });

  it('go on from those that are taken when the limit moves', () => {
    const slots = slotsUpTo(1);
    slots.take(1);
    expect(slots.limit(1, (taken) => taken + 1)).toBe(1);
    expect([slots.take(1), slots.take(1)]).toEqual([1, undefined]);
  });

  it('begin anew with each epoch', () => {
    const slots = slotsUpTo(3);
    slots.take(1);
    expect(slots.limit(2, (taken) => taken)).toBe(0);
    expect(slots.take(2)).toBe(undefined);
  });

  it('count round their end', () => {
    const slots = slotsUpTo(COUNT_MASK);
    while (slots.take(1) !== undefined);
    slots.limit(1, (taken) => taken + 2);
    expect([slots.take(1), slots.take(1), slots.take(1)]).toEqual([COUNT_MASK, 0, undefined]);
  });
});

describe('the slots of a HALF_OPEN that threads begin', () => {
  it('are there from the epoch of OPEN on, once', () => {
    const slots = newSlots();
    slots.limit(EPOCH_MASK, () => 0);
    slots.begin(EPOCH_MASK, 2);
    expect([slots.take(0), slots.take(0), slots.take(0)]).toEqual([0, 1, undefined]);
    slots.begin(EPOCH_MASK, 2);
    expect(slots.take(0)).toBe(undefined);
  });

  it('are as many as can be told apart', () => {
    const slots = newSlots();
    slots.begin(0, Number.MAX_SAFE_INTEGER);
    expect(slots.read()).toEqual({ epoch: 1, taken: 0, limit: WINDOW });
  });

  it('are not there for one who comes late', () => {
    const slots = newSlots();
    slots.limit(3, (taken) => taken);
    slots.begin(1, 2);
    expect(slots.read()).toEqual({ epoch: 3, taken: 0, limit: 0 });
  });
});

describe('two who take', () => {
  it('never take the same, nor more than there are', () => {
    const steps = atEachStep(() => {
      const slots = slotsUpTo(3);
      const taken: unknown[] = [];
      const take = () => taken.push(slots.take(1));
      return {
        act: () => [take(), take()],
        meanwhile: () => [take(), take()],
        check: () => {
          expect(new Set(taken)).toEqual(new Set([0, 1, 2, undefined]));
          expect(slots.read()).toEqual({ epoch: 1, taken: 3, limit: 3 });
        },
      };
    });
    expect(steps).toBeGreaterThanOrEqual(4);
  });

  it('and the owner, who closes: what was taken is known to it', () => {
    for (const ownerActs of [true, false]) {
      atEachStep(() => {
        const slots = slotsUpTo(1);
        let known = -1;
        let slot: unknown;
        const close = () => {
          known = slots.limit(1, (taken) => taken);
        };
        const take = () => {
          slot = slots.take(1);
        };
        return {
          act: ownerActs ? close : take,
          meanwhile: ownerActs ? take : close,
          check: () => {
            expect([slot, known]).toEqual(known === 1 ? [0, 1] : [undefined, 0]);
            expect(slots.take(1)).toBe(undefined);
          },
        };
      });
    }
  });

  it('and stop for good at any step leave the others what is left', () => {
    dyingAtEachStep(() => {
      const slots = slotsUpTo(2);
      return {
        act: () => slots.take(1),
        check: () => expect([0, 1]).toContain(slots.take(1)),
      };
    });
  });
});
