import { expect, test } from 'vitest';
import { SessionIds } from '../../visualizations/xstate-inspect/session-ids.ts';

test('the ids of any number of actors are as many as live at once, and a thousand that rest', () => {
  const ids = new SessionIds();
  const seen = new Set<string>();
  const alive: string[] = [];
  for (let started = 0; started < 20_000; started += 1) {
    const id = ids.take();
    expect(alive).not.toContain(id);
    seen.add(id);
    alive.push(id);
    if (alive.length === 20) ids.giveBack(alive.shift() ?? '');
  }
  expect(seen.size).toBeLessThan(1_100);
});

test('an id rests before it is used again', () => {
  const ids = new SessionIds();
  const first = ids.take();
  ids.giveBack(first);
  for (let i = 0; i < 1_000; i += 1) {
    const id = ids.take();
    expect(id).not.toBe(first);
    ids.giveBack(id);
  }
  expect(ids.take()).toBe(first);
});
