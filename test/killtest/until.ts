import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 10;

/** Waits until it holds: whether it did within the time. What another process does can only be looked at. */
export async function until(holds: () => boolean, withinMs: number, lookMs = LOOK_MS): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await pause(lookMs);
  }
  return true;
}
