import { afterEach, describe, expect, test, vi } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { createInspector } from '../../src/inspect/index.ts';
import type { FeedRecord, Hello } from '../../src/inspect/protocol.ts';

const doorMachine = createMachine({
  id: 'door',
  initial: 'shut',
  context: { key: 'secret', uses: 0 },
  states: { shut: { on: { OPEN: 'open' } }, open: { on: { SHUT: 'shut' } } },
});

/** An inspector and a door that it watches, with time that is moved by hand. */
function watched({ history }: { readonly history?: number } = {}) {
  vi.useFakeTimers();
  const errors: unknown[] = [];
  const inspector = createInspector({
    ...(history !== undefined && { history }),
    machines: { door: { show: { context: ['uses'] } } },
    onError: (error) => errors.push(error),
  });
  const door = createActor(doorMachine, { id: 'front', inspect: inspector.inspect }).start();
  const told: (Hello | readonly FeedRecord[])[] = [];
  const follower = {
    hello: (hello: Hello) => void told.push(hello),
    records: (records: readonly FeedRecord[]) => void told.push(records),
  };
  return { inspector, door, told, follower, errors, pass: () => vi.advanceTimersByTime(20) };
}

const changesOf = (told: readonly (Hello | readonly FeedRecord[])[]) =>
  told
    .flatMap((each) => (Array.isArray(each) ? (each as readonly FeedRecord[]) : []))
    .map((record) => {
      return record.kind === 'event' ? `${record.event.type} ${String(record.change?.to)}` : record.kind;
    });

afterEach(() => {
  vi.useRealTimers();
});

describe('a follower of the feed', () => {
  test('is told at once how everything is, and then what happens', () => {
    const { inspector, door, told, follower, pass } = watched();
    door.send({ type: 'OPEN' });
    inspector.follow(follower);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ actors: [{ name: 'front', machine: { value: 'open' } }], dropped: 0 });
    door.send({ type: 'SHUT' });
    door.send({ type: 'OPEN' });
    expect(told).toHaveLength(1);
    pass();
    expect(told).toHaveLength(2);
    expect(changesOf(told)).toEqual(['SHUT shut', 'OPEN open']);
  });

  test('sees what the allow-list names', () => {
    const { inspector, told, follower } = watched();
    inspector.follow(follower);
    expect(told[0]).toMatchObject({ actors: [{ machine: { context: { uses: 0 }, hiddenFields: 1 } }] });
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  test('is told nothing when it has ended, and an end may come twice', () => {
    const { inspector, door, told, follower, pass } = watched();
    const end = inspector.follow(follower);
    end();
    end();
    door.send({ type: 'OPEN' });
    pass();
    expect(told).toHaveLength(1);
  });

  test('is told everything anew where the history went on without it', () => {
    const { inspector, door, told, follower, pass } = watched({ history: 3 });
    inspector.follow(follower);
    for (let i = 0; i < 3; i += 1) door.send({ type: 'OPEN' });
    pass();
    expect(told.map((each) => Array.isArray(each))).toEqual([false, true]);
    for (let i = 0; i < 4; i += 1) door.send({ type: i % 2 === 0 ? 'SHUT' : 'OPEN' });
    pass();
    expect(told.map((each) => Array.isArray(each))).toEqual([false, true, false]);
    expect(told[2]).toMatchObject({ actors: [{ machine: { value: 'open' } }], dropped: 1 });
    door.send({ type: 'SHUT' });
    pass();
    expect(changesOf(told.slice(3))).toEqual(['SHUT shut']);
  });

  test('that throws is reported, and the others hear all the same', () => {
    const { inspector, door, told, follower, errors, pass } = watched();
    const broken = () => {
      throw new Error('broken');
    };
    inspector.follow({ hello: broken, records: broken });
    inspector.follow(follower);
    door.send({ type: 'OPEN' });
    pass();
    expect(errors).toMatchObject([{ message: 'broken' }, { message: 'broken' }]);
    expect(changesOf(told)).toEqual(['OPEN open']);
  });

  test('is told nothing of a stopped inspector', () => {
    const { inspector, told, follower } = watched();
    inspector.stop();
    inspector.follow(follower);
    expect(told).toEqual([]);
  });

  test('finds the chart and the live actor of what it is told', () => {
    const { inspector, door, told, follower, pass } = watched();
    inspector.follow(follower);
    const [{ id, machine }] = (told[0] as Hello).actors as [Hello['actors'][number]];
    expect(inspector.actor(id)).toBe(door);
    expect(inspector.chart(machine?.chart ?? '')).toMatchObject({ id: 'door' });
    expect([inspector.actor('a99'), inspector.chart('none')]).toEqual([undefined, undefined]);
    door.stop();
    pass();
    expect(inspector.actor(id)).toBeUndefined();
  });
});
