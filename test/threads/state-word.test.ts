import { expect, it } from 'vitest';
import type { CircuitState } from '../../src/index.ts';
import {
  changesBetween,
  DEAD,
  EPOCH_MASK,
  epochOf,
  hasEnded,
  isClosed,
  isHalfOpen,
  isOpen,
  STOPPED,
  stateOf,
  wasStopped,
  wordOf,
} from '../../src/threads/state-word.ts';

const STATES: readonly CircuitState[] = ['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'];

it.each(STATES.flatMap((state) => [0, 1, 2 ** 27, EPOCH_MASK].map((epoch) => [state, epoch] as const)))(
  'holds %s and epoch %i',
  (state, epoch) => {
    const word = wordOf(state, epoch);
    expect([stateOf(word), epochOf(word), word | 0]).toEqual([state, epoch, word]);
    const predicates = [isClosed(word), isOpen(word), isHalfOpen(word), hasEnded(word)];
    expect(predicates).toEqual([state === 'CLOSED', state === 'OPEN', state === 'HALF_OPEN', false]);
  },
);

it.each([STOPPED, DEAD])('with mark %i admits nothing, and tells the state still', (mark) => {
  for (const state of STATES) {
    const word = wordOf(state, 5) | mark;
    expect([isClosed(word), isOpen(word), isHalfOpen(word), hasEnded(word)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect([stateOf(word), epochOf(word), wasStopped(word)]).toEqual([state, 5, mark === STOPPED]);
  }
});

it('counts the changes between two words, round its end', () => {
  const changes = (from: number, to: number) => changesBetween(wordOf('OPEN', from), wordOf('CLOSED', to));
  expect([changes(3, 3), changes(3, 5), changes(5, 3)]).toEqual([0, 2, -2]);
  expect([changes(EPOCH_MASK, EPOCH_MASK + 2), changes(EPOCH_MASK + 2, EPOCH_MASK)]).toEqual([2, -2]);
});
