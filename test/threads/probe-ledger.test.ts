import { describe, expect, it } from 'vitest';
import type { BreakerEvent } from '../../src/index.ts';
import { ProbeLedger } from '../../src/threads/probe-ledger.ts';
import { HEARD, newMemory, viewsOf } from '../../src/threads/shared-memory.ts';
import { Slots, WINDOW } from '../../src/threads/slots.ts';

/** A chart in HALF_OPEN that grants what it is asked for, and nothing else. */
function newChart(halfOpenMaxProbes: number) {
  const memory = viewsOf(newMemory(1));
  const slots = new Slots(memory);
  let probes: { id: string }[] = [];
  const actor = {
    getSnapshot: () => ({
      value: 'HALF_OPEN',
      context: { policy: { halfOpenMaxProbes }, generation: 7, probes, probesInFlight: probes.length },
    }),
    send: (event: BreakerEvent) => {
      for (const { id } of [...ledger.close(), event] as { id: string }[]) probes.push({ id });
      ledger.open();
    },
  };
  const idOf = (generation: number, index: number) => `${generation}.${index}`;
  const ledger = new ProbeLedger(actor as never, slots, memory, idOf);
  ledger.follow(1);
  const settleAllBut = (...ids: string[]) => {
    probes = probes.filter(({ id }) => ids.includes(id));
    ledger.follow(1);
  };
  const takeAll = () => {
    let taken = 0;
    while (typeof slots.take(1) === 'number') taken += 1;
    return taken;
  };
  return { memory, slots, ledger, takeAll, settleAllBut, idsOut: () => probes.map(({ id }) => id) };
}

describe('the ledger of probes', () => {
  it('tells the chart of each slot that was taken, once', () => {
    const { slots, ledger, idsOut, memory } = newChart(3);
    slots.take(1);
    slots.take(1);
    expect(ledger.hasUnheard).toBe(true);
    ledger.hear();
    expect(ledger.hasUnheard).toBe(false);
    expect(idsOut().toSorted()).toEqual(['7.0', '7.1']);
    expect(Atomics.load(memory.words, HEARD)).toBe(2);
    ledger.hear();
    expect(idsOut()).toHaveLength(2);
  });

  it('allows as many as are free, whether it has heard of those that are taken or not', () => {
    const { slots, ledger, takeAll, settleAllBut } = newChart(3);
    slots.take(1);
    ledger.follow(1);
    expect(takeAll()).toBe(2);
    ledger.hear();
    settleAllBut('7.1');
    expect(takeAll()).toBe(2);
  });

  it('sets one aside while the chart decides, and leaves the others', () => {
    const { ledger, takeAll, slots } = newChart(3);
    expect(ledger.close()).toEqual([]);
    expect(takeAll()).toBe(2);
    expect(ledger.close()).toHaveLength(2);
    expect(slots.take(1)).toBeUndefined();
  });

  it('allows none so far beyond the oldest that they could not be told apart', () => {
    const { slots, ledger, takeAll, settleAllBut } = newChart(2 * WINDOW);
    expect(takeAll()).toBe(WINDOW);
    ledger.hear();
    settleAllBut('7.0');
    expect(slots.take(1)).toBeUndefined();
    settleAllBut();
    expect(takeAll()).toBe(WINDOW);
  });

  it('goes on when counts begin anew', () => {
    const { slots, ledger, takeAll, settleAllBut, idsOut } = newChart(WINDOW);
    for (const half of [1, 2]) {
      expect([half, takeAll()]).toEqual([half, WINDOW]);
      ledger.hear();
      settleAllBut();
    }
    expect(slots.read().taken).toBe(0);
    expect(slots.take(1)).toBe(0);
    ledger.hear();
    expect(idsOut()).toEqual(['7.0']);
    expect(takeAll()).toBe(WINDOW - 1);
  });
});
