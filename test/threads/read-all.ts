import type { OutcomeRing } from '../../src/threads/outcome-ring.ts';

/** Takes everything out of a ring, as its owner does: the words of the outcomes, in their order. */
export function readAll(ring: OutcomeRing): number[] {
  const read: number[] = [];
  for (let next = ring.peek(); next !== undefined; next = ring.peek()) {
    read.push(next.word);
    ring.shift();
  }
  return read;
}
