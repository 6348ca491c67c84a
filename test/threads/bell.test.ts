import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Bell } from '../../src/threads/bell.ts';
import { newMemory, viewsOf } from '../../src/threads/shared-memory.ts';
import { atEachStep, dyingAtEachStep, killedAt } from './at-each-step.ts';

const newBell = () => new Bell(viewsOf(newMemory(1)));

/** Whether who sleeps is woken. What has been notified is told in the next turns of the loop. */
async function isWoken(sleep: Promise<unknown> | undefined): Promise<boolean> {
  if (sleep === undefined) return true;
  let woken = false;
  sleep.then(() => {
    woken = true;
  });
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  return woken;
}

describe('the bell', () => {
  it('wakes who sleeps', async () => {
    const bell = newBell();
    const sleep = bell.sleep();
    expect(await isWoken(sleep)).toBe(false);
    bell.ring();
    expect(await isWoken(sleep)).toBe(true);
  });

  it('wakes again, as often as somebody sleeps', async () => {
    const bell = newBell();
    for (let night = 0; night < 3; night += 1) {
      const sleep = bell.sleep();
      bell.ring();
      expect(await isWoken(sleep)).toBe(true);
    }
  });

  it('rung while nobody sleeps wakes nobody later: whoever lies down looks first', async () => {
    const bell = newBell();
    bell.ring();
    const sleep = bell.sleep();
    expect(await isWoken(sleep)).toBe(false);
    bell.ring();
    expect(await isWoken(sleep)).toBe(true);
  });

  it('is rung for one of many', () => {
    const bell = newBell();
    bell.sleep();
    bell.ring();
    // Two operations where somebody sleeps; the first, a look, tells the others that they need not.
    expect(killedAt(2, () => bell.ring())).toBe(false);
  });
});

/** Puts something there for the owner, or looks for it: an operation of its own on shared memory. */
function newThing() {
  const word = new Int32Array(new SharedArrayBuffer(4));
  return { put: () => Atomics.store(word, 0, 1), isThere: () => Atomics.load(word, 0) === 1 };
}

describe('who lies down and then looks', () => {
  it('finds the thing or is woken, wherever the other is', async () => {
    const ends: Promise<unknown>[] = [];
    for (const ownerActs of [true, false]) {
      const steps = atEachStep(() => {
        const bell = newBell();
        const thing = newThing();
        let sleep: Promise<unknown> | undefined;
        let found = false;
        const own = () => {
          sleep = bell.sleep();
          found = thing.isThere();
        };
        const other = () => {
          thing.put();
          bell.ring();
        };
        return {
          act: ownerActs ? own : other,
          meanwhile: ownerActs ? other : own,
          check: (step) => {
            const end = isWoken(sleep).then((woken) => expect(woken || found, `step ${step}`).toBe(true));
            ends.push(end);
          },
        };
      });
      expect(steps).toBeGreaterThanOrEqual(2);
    }
    await Promise.all(ends);
  });

  it('is woken by the next one, when one stopped for good at any step', async () => {
    const ends: Promise<unknown>[] = [];
    const steps = dyingAtEachStep(() => {
      const bell = newBell();
      const sleep = bell.sleep();
      return {
        act: () => bell.ring(),
        check: (step) => {
          bell.ring();
          ends.push(isWoken(sleep).then((woken) => expect(woken, `step ${step}`).toBe(true)));
        },
      };
    });
    expect(steps).toBe(3);
    await Promise.all(ends);
  });

  it('is woken the next time, when one who woke it before is late', async () => {
    const bell = newBell();
    let sleep: Promise<unknown> | undefined = bell.sleep();
    atEachStep(() => ({
      act: () => bell.ring(),
      meanwhile: () => {
        sleep = bell.sleep();
      },
      check: () => {},
    }));
    bell.ring();
    expect(await isWoken(sleep)).toBe(true);
  });
});
