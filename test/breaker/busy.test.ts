import { expect, it } from 'vitest';
import { type AnyActorRef, createActor, fromTransition } from 'xstate';
import { isBusy } from '../../src/breaker/busy.ts';

it('an actor is busy while it works on an event, and only then', () => {
  const seen: boolean[] = [];
  const logic = fromTransition((none: null) => {
    seen.push(isBusy(actor));
    return none;
  }, null);
  const actor: AnyActorRef = createActor(logic).start();
  expect(isBusy(actor)).toBe(false);
  actor.send({ type: 'WORK' });
  expect(seen).toEqual([true]);
  expect(isBusy(actor)).toBe(false);
});

it('a reference without a mailbox, as another version of XState may have it, is never busy', () => {
  expect(isBusy({} as AnyActorRef)).toBe(false);
});
