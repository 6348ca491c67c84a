import { describe, expect, it, vi } from 'vitest';
import { DeadlineClock } from '../../src/breaker/deadline-clock.ts';
import { StarvedClock, TestClock, WALL_START } from '../support/breaker.ts';

function newClock(base: TestClock = new TestClock()) {
  const log: string[] = [];
  const clock = new DeadlineClock(base);
  clock.afterEach = { tell: () => log.push('after') };
  const note = (name: string, delayMs: number) =>
    clock.setTimeout(() => log.push(`${name} at ${clock.now()}`), delayMs);
  return { base, clock, log, note };
}

describe('the deadline clock', () => {
  it('lets everything that is due happen, in order and at its own time', () => {
    const { base, clock, log, note } = newClock(new StarvedClock());
    note('late', 30);
    note('early', 10);
    note('early, too', 10);
    note('later', 31);
    base.increment(30);
    expect(log).toEqual([]);
    clock.catchUp();
    expect(log).toEqual(['early at 10', 'after', 'early, too at 10', 'after', 'late at 30', 'after']);
    expect(clock.now()).toBe(30);
    expect(clock.timesLeft).toEqual([1]);
  });

  it('counts what a deadline starts from when it was due', () => {
    const { base, clock, log, note } = newClock(new StarvedClock());
    clock.setTimeout(() => note('second', 10), 10);
    note('third', 25);
    base.increment(100);
    clock.catchUp();
    expect(log).toEqual(['after', 'second at 20', 'after', 'third at 25', 'after']);
  });

  it('holds one timer, for the soonest deadline', () => {
    const { base, note, clock } = newClock();
    const late = note('late', 30);
    expect(base.pending).toEqual([30]);
    const soon = note('soon', 10);
    note('latest', 40);
    expect(base.pending).toEqual([10]);
    clock.clearTimeout(soon);
    clock.clearTimeout(late);
    base.increment(10);
    expect(base.pending).toEqual([30]);
  });

  it('fires by the timer alone', () => {
    const { base, log, note } = newClock();
    note('first', 10);
    note('second', 20);
    base.increment(10);
    expect(log).toEqual(['first at 10', 'after']);
    base.increment(10);
    expect(log).toEqual(['first at 10', 'after', 'second at 20', 'after']);
    expect(base.pending).toEqual([]);
  });

  it('waits on when its timer fires too early', () => {
    const base = new TestClock();
    const { log, note } = newClock(base);
    const setTimeout = vi.spyOn(base, 'setTimeout');
    note('due', 10);
    const [fireEarly] = setTimeout.mock.lastCall ?? [];
    base.set(9);
    fireEarly?.();
    expect(log).toEqual([]);
    expect(setTimeout.mock.lastCall?.[1]).toBe(1);
    base.set(10);
    expect(log[0]).toBe('due at 10');
  });

  it('does not run what was cleared, even by a deadline before it', () => {
    const { base, clock, log, note } = newClock();
    const second = note('second', 20);
    clock.setTimeout(() => clock.clearTimeout(second), 10);
    base.increment(50);
    expect(log).toEqual(['after']);
    expect(base.pending).toEqual([]);
  });

  it('has no timer once it is cleared', () => {
    const { base, clock, log, note } = newClock();
    note('first', 10);
    note('second', 20);
    clock.clear();
    expect(base.pending).toEqual([]);
    base.increment(50);
    clock.catchUp();
    expect(log).toEqual([]);
  });

  it('goes on after a deadline that throws', () => {
    const { base, clock, log, note } = newClock(new StarvedClock());
    clock.setTimeout(() => {
      throw new Error('broken');
    }, 10);
    note('next', 20);
    base.increment(30);
    expect(() => clock.catchUp()).toThrow('broken');
    clock.catchUp();
    expect(log).toEqual(['next at 20', 'after']);
  });

  it('tells the wall time of the deadline that runs', () => {
    const { base, clock } = newClock(new StarvedClock());
    const walls: number[] = [];
    clock.setTimeout(() => walls.push(clock.wallNow()), 10);
    base.increment(25);
    clock.catchUp();
    expect(walls).toEqual([WALL_START + 10]);
    expect(clock.wallNow()).toBe(WALL_START + 25);
  });

  it('goes on by its timer, too, after a deadline that throws', () => {
    const { base, clock, log, note } = newClock(new StarvedClock());
    const setTimeout = vi.spyOn(base, 'setTimeout');
    const fireTimer = () => (setTimeout.mock.lastCall as unknown as [() => void, number])[0]();
    clock.setTimeout(() => {
      throw new Error('broken');
    }, 10);
    note('next', 20);
    base.set(10);
    expect(fireTimer).toThrow('broken');
    expect(setTimeout.mock.calls.map(([, delayMs]) => delayMs)).toEqual([10, 10]);
    base.set(20);
    fireTimer();
    expect(log).toEqual(['next at 20', 'after']);
  });

  it('is not led astray by a deadline that catches up itself', () => {
    const { base, clock, log, note } = newClock(new StarvedClock());
    clock.setTimeout(() => {
      clock.catchUp();
      log.push(`first at ${clock.now()}`);
    }, 10);
    note('second', 20);
    base.increment(30);
    clock.catchUp();
    expect(log).toEqual(['first at 10', 'after', 'second at 20', 'after']);
  });

  it('clears only what is still to come', () => {
    const { base, clock, log, note } = newClock();
    const first = note('first', 10);
    note('second', 20);
    base.increment(10);
    clock.clearTimeout(first);
    base.increment(10);
    expect(log).toEqual(['first at 10', 'after', 'second at 20', 'after']);
  });

  it('leaves its timer alone for a deadline that is not sooner', () => {
    const base = new TestClock();
    const { note } = newClock(base);
    const setTimeout = vi.spyOn(base, 'setTimeout');
    for (const delayMs of [10, 10, 20]) note('due', delayMs);
    expect(setTimeout).toHaveBeenCalledOnce();
  });

  it('sets no timer longer than timers can be, whatever the time is', () => {
    const base = new TestClock();
    const { note } = newClock(base);
    // What is left of the longest time-out comes out as 2147483647.0000002 here.
    base.set(3.3);
    note('due', 2 ** 31 - 1);
    expect(3.3 + (2 ** 31 - 1) - 3.3).toBeGreaterThan(2 ** 31 - 1);
    expect(base.pending).toEqual([2 ** 31 - 1]);
  });

  describe('whose timer is cancelled again and again', () => {
    function often() {
      const made = newClock();
      const setTimeout = vi.spyOn(made.base, 'setTimeout');
      for (let times = 0; times < 8; times += 1) made.clock.clearTimeout(made.note('cleared', 100));
      expect(made.base.pending).toEqual([]);
      made.clock.clearTimeout(made.note('cleared', 100));
      return { ...made, setTimeout };
    }

    it('leaves it armed, for the next deadline', () => {
      const { base, log, note, setTimeout } = often();
      expect(base.pending).toEqual([100]);
      expect(setTimeout).toHaveBeenCalledTimes(9);
      base.increment(10);
      note('due', 100);
      expect(setTimeout).toHaveBeenCalledTimes(9);
      base.increment(90);
      expect(log).toEqual([]);
      expect(base.pending).toEqual([10]);
      base.increment(10);
      expect(log).toEqual(['due at 110', 'after']);
    });

    it('sets another one for a sooner deadline', () => {
      const { base, log, note } = often();
      note('soon', 10);
      expect(base.pending).toEqual([10]);
      base.increment(10);
      expect(log).toEqual(['soon at 10', 'after']);
    });

    it('has none any more when it has rung for nothing, and then begins anew', () => {
      const { base, clock, log, note } = often();
      base.increment(100);
      expect(base.pending).toEqual([]);
      note('due', 100);
      expect(base.pending).toEqual([100]);
      base.increment(100);
      expect(log).toEqual(['due at 200', 'after']);
      clock.clearTimeout(note('cleared', 100));
      expect(base.pending).toEqual([]);
    });

    it('has none any more once it is cleared', () => {
      const { base, clock } = often();
      clock.clear();
      expect(base.pending).toEqual([]);
    });
  });

  it('lets a deadline set and clear others as often as it likes', () => {
    const { base, clock, log } = newClock();
    clock.setTimeout(() => {
      for (let times = 0; times < 20; times += 1) clock.clearTimeout(clock.setTimeout(() => {}, 5));
      log.push('done');
    }, 10);
    base.increment(10);
    expect(log).toEqual(['done', 'after']);
    expect(base.pending).toEqual([]);
  });
});
