import { expect, it, onTestFinished, vi } from 'vitest';
import { Room } from '../../src/threads/room.ts';
import { newMemory, ROOM, viewsOf } from '../../src/threads/shared-memory.ts';
import { newShared } from './shared.ts';

const newRoom = () => new Room(viewsOf(newMemory(1)));

function watchWaits() {
  const wait = vi.spyOn(Atomics, 'wait');
  onTestFinished(() => wait.mockRestore());
  return wait.mock.results;
}

it('who finds room when he looks once more does not wait', () => {
  const waits = watchWaits();
  newRoom().await(() => false);
  expect(waits).toEqual([]);
});

it('who is told after he has looked does not wait', () => {
  const waits = watchWaits();
  const room = newRoom();
  room.await(() => {
    room.tell();
    return true;
  });
  expect(waits).toMatchObject([{ value: 'not-equal' }]);
});

it('who is told by nobody looks again after a while', () => {
  const waits = watchWaits();
  newRoom().await(() => true);
  expect(waits).toMatchObject([{ value: 'timed-out' }]);
});

it('the owner tells when it has heard something', () => {
  const { breaker, handle, attach } = newShared();
  const { words } = viewsOf(handle.buffer);
  attach().recordFailure();
  new Room(viewsOf(handle.buffer)).await(() => false);
  expect([Atomics.load(words, ROOM), breaker.failures, Atomics.load(words, ROOM)]).toEqual([1, 1, 0]);
});
