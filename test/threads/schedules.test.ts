import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/index.ts';
import { Bell } from '../../src/threads/bell.ts';
import { RingOutbox } from '../../src/threads/outbox.ts';
import { OutcomeRing } from '../../src/threads/outcome-ring.ts';
import { Room } from '../../src/threads/room.ts';
import { newMemory, OPEN_DUE, RING, STATE, viewsOf } from '../../src/threads/shared-memory.ts';
import { toTimeWord } from '../../src/threads/shared-time.ts';
import { Slots } from '../../src/threads/slots.ts';
import { StateView } from '../../src/threads/state-view.ts';
import { epochOf, stateOf, wordOf } from '../../src/threads/state-word.ts';
import { readAll } from './read-all.ts';
import { ASLEEP, KILLED, type Program, playSchedules, sleepUntilNotified } from './schedules.ts';

const outcome = (word: number) => ({ type: 'FAILURE', word, slot: undefined }) as const;

const ringOf = (buffer: SharedArrayBuffer) => new OutcomeRing(viewsOf(buffer));

/** Whether numbers come in this order in a list, with others between them. */
const comeInOrder = (list: readonly number[], ...numbers: readonly number[]): boolean =>
  numbers.every((n, at) => at === 0 || list.indexOf(n) > list.indexOf(numbers[at - 1] as number));

describe('the bell, in every order', () => {
  /** Puts its thing where the owner finds it, and rings. */
  const caller =
    (thing: number): Program =>
    (buffer) => {
      const memory = viewsOf(buffer);
      Atomics.store(memory.wide, RING + thing, 1n);
      new Bell(memory).ring();
    };

  /** Lies down, looks, sleeps, takes what is there, until it has all of these. */
  const owner =
    (...things: number[]): Program =>
    (buffer) => {
      const memory = viewsOf(buffer);
      const bell = new Bell(memory);
      const isThere = (thing: number) => Atomics.load(memory.wide, RING + thing) === 1n;
      for (const left = new Set(things); left.size > 0; ) {
        const rings = bell.sleep();
        if ([...left].some(isThere)) bell.ring();
        if (rings !== undefined) sleepUntilNotified();
        for (const thing of left) if (isThere(thing)) left.delete(thing);
      }
      return 'has all';
    };

  it('wakes the owner for each of two that ring', () => {
    const states = playSchedules({
      newMemory: () => newMemory(2),
      threads: [owner(0, 1), caller(0), caller(1)],
      check: ({ results: [end] }) => expect(end).toBe('has all'),
    });
    expect(states).toBeGreaterThan(1_000);
  });

  it('wakes the owner for one that rings beside one that stops for good', () => {
    const ends = new Set<unknown>();
    playSchedules({
      newMemory: () => newMemory(2),
      threads: [owner(0), caller(0), caller(1)],
      mortals: [2],
      check: ({ results: [end, , other] }) => {
        ends.add(other);
        expect(end).toBe('has all');
      },
    });
    expect(ends).toEqual(new Set([KILLED, undefined]));
  });
});

describe('the ring, in every order', () => {
  const sender =
    (...words: number[]): Program =>
    (buffer) => {
      const ring = ringOf(buffer);
      return words.map((word) => ring.push(outcome(word)));
    };
  const reader: Program = (buffer) => readAll(ringOf(buffer));

  it.each([
    ['one thread, in its order,', 1, [sender(1, 2)]],
    ['two threads', 1, [sender(1), sender(2)]],
    ['two threads that have room', 2, [sender(1), sender(2)]],
  ] as const)('brings what %s took it for, once, to who reads meanwhile', (_, size, senders) => {
    const states = playSchedules({
      newMemory: () => newMemory(size),
      threads: [reader, ...senders],
      check: ({ memory, results: [early, ...taken] }) => {
        const read = [...(early as number[]), ...readAll(ringOf(memory))];
        const sent = [1, 2].filter((_each, at) => taken.flat()[at]);
        // Only when it was full something was not taken.
        expect(sent.length).toBeGreaterThanOrEqual(size);
        expect(senders.length === 1 ? read : read.toSorted()).toEqual(sent);
      },
    });
    expect(states).toBeGreaterThan(50);
  });

  it('brings the others when some stop for good', () => {
    const counts = new Set<number>();
    playSchedules({
      newMemory: () => newMemory(4),
      threads: [sender(1), sender(2), sender(3)],
      mortals: [1, 2],
      check: ({ memory, results: [first] }) => {
        expect(first).toEqual([true]);
        const ring = ringOf(memory);
        ring.push(outcome(4));
        const read = readAll(ring);
        expect(comeInOrder(read, 1, 4)).toBe(true);
        expect(new Set(read).size).toBe(read.length);
        counts.add(read.length);
        expect(ring.isQuiet).toBe(true);
      },
    });
    // Those of the dead came or did not.
    expect(counts).toEqual(new Set([2, 3, 4]));
  });
});

it('who waits for room is told, in every order, and the owner sleeps through nothing', () => {
  const sender: Program = (buffer) => {
    const outbox = new RingOutbox(viewsOf(buffer));
    for (const word of [1, 2]) outbox.send(outcome(word));
    return 'sent';
  };
  const owner: Program = (buffer) => {
    const memory = viewsOf(buffer);
    const [ring, bell, room] = [new OutcomeRing(memory), new Bell(memory), new Room(memory)];
    const heard: number[] = [];
    while (heard.length < 2) {
      const rings = bell.sleep();
      if (!ring.isQuiet) bell.ring();
      if (rings !== undefined) sleepUntilNotified();
      heard.push(...readAll(ring));
      room.tell();
    }
    return heard;
  };
  const states = playSchedules({
    newMemory: () => newMemory(1),
    threads: [sender, owner],
    check: ({ results }) => expect(results).toEqual(['sent', [1, 2]]),
  });
  expect(states).toBeGreaterThan(1_000);
});

describe('the end of OPEN, in every order', () => {
  const MAX = 2;
  const policy = { ...DEFAULT_POLICY, halfOpenMaxProbes: MAX };

  /** OPEN of epoch 1, whose time is over. */
  function newOpen(): SharedArrayBuffer {
    const buffer = newMemory(1);
    const memory = viewsOf(buffer);
    new Slots(memory).limit(1, () => 0);
    Atomics.store(memory.wide, OPEN_DUE, toTimeWord(0));
    Atomics.store(memory.words, STATE, wordOf('OPEN', 1));
    return buffer;
  }

  /** Looks, and where that is HALF_OPEN takes a slot: which, of which state. */
  const thread: Program = (buffer) => {
    const view = new StateView(viewsOf(buffer), policy, true);
    const word = view.look();
    const slot = stateOf(word) === 'HALF_OPEN' ? view.take(word) : undefined;
    return slot === undefined ? undefined : `${stateOf(word)} ${epochOf(word)} ${slot}`;
  };

  /** Shows what comes next, as `StateBoard` does. */
  const owner =
    (...states: ('HALF_OPEN' | 'CLOSED' | 'OPEN')[]): Program =>
    (buffer) => {
      const memory = viewsOf(buffer);
      const slots = new Slots(memory);
      for (const [at, state] of states.entries()) {
        const epoch = 2 + at;
        if (state === 'OPEN') Atomics.store(memory.wide, OPEN_DUE, toTimeWord(Number.POSITIVE_INFINITY));
        slots.limit(epoch, (taken) => (state === 'HALF_OPEN' ? MAX : taken));
        Atomics.store(memory.words, STATE, wordOf(state, epoch));
      }
    };

  const takenIn = (results: readonly unknown[]) =>
    results.filter((result): result is string => typeof result === 'string').toSorted();

  it('three threads that come to it by themselves, some of which stop for good, have two probes', () => {
    const ends = new Set<string>();
    playSchedules({
      newMemory: newOpen,
      threads: [thread, thread, thread],
      mortals: [0, 1],
      check: ({ memory, results }) => {
        const taken = takenIn(results);
        expect(new Set(taken).size).toBe(taken.length);
        expect(taken.length).toBeLessThanOrEqual(MAX);
        expect(stateOf(Atomics.load(viewsOf(memory).words, STATE))).toBe('HALF_OPEN');
        ends.add(taken.join());
      },
    });
    expect(ends).toContain('HALF_OPEN 2 0,HALF_OPEN 2 1');
  });

  it('threads and the owner come to the same', () => {
    playSchedules({
      newMemory: newOpen,
      threads: [thread, thread, owner('HALF_OPEN')],
      check: ({ memory, results }) => {
        expect(takenIn(results)).toEqual(['HALF_OPEN 2 0', 'HALF_OPEN 2 1']);
        const { words } = viewsOf(memory);
        expect(Atomics.load(words, STATE)).toBe(wordOf('HALF_OPEN', 2));
        expect(new Slots(viewsOf(memory)).read()).toEqual({ epoch: 2, taken: 2, limit: 2 });
      },
    });
  });

  it('the owner comes to something else: what it shows stands, and no slot of another era is taken', () => {
    const ends = new Set<string>();
    playSchedules({
      newMemory: newOpen,
      threads: [thread, thread, owner('CLOSED', 'OPEN')],
      check: ({ memory, results }) => {
        const { words } = viewsOf(memory);
        expect(Atomics.load(words, STATE)).toBe(wordOf('OPEN', 3));
        const { epoch, taken, limit } = new Slots(viewsOf(memory)).read();
        expect([epoch, taken, limit]).toEqual([3, 0, 0]);
        for (const each of takenIn(results)) ends.add(each);
      },
    });
    // Of the HALF_OPEN that a thread had begun before the owner came.
    expect(ends).toEqual(new Set(['HALF_OPEN 2 0', 'HALF_OPEN 2 1']));
  });

  it('a later HALF_OPEN has all its slots, however late a thread of this one comes', () => {
    playSchedules({
      newMemory: newOpen,
      threads: [thread, owner('CLOSED', 'OPEN', 'HALF_OPEN')],
      check: ({ memory, results: [result] }) => {
        const { epoch, taken, limit } = new Slots(viewsOf(memory)).read();
        expect([epoch, limit]).toEqual([4, MAX]);
        expect(taken).toBe(result === 'HALF_OPEN 4 0' ? 1 : 0);
        expect(result).not.toBe(ASLEEP);
      },
    });
  });
});
