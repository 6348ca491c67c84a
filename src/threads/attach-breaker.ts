import { threadId } from 'node:worker_threads';
import { AttachedBreaker } from './attached-breaker.ts';
import { type BreakerHandle, checkHandle } from './handle.ts';
import { RingOutbox } from './outbox.ts';
import { shareOf } from './share-breaker.ts';
import { STATE, viewsOf } from './shared-memory.ts';
import { StateView } from './state-view.ts';
import { hasEnded } from './state-word.ts';
import type { AttachOptions, SharedBreaker } from './types.ts';

/**
 * Makes a breaker of a handle, in any thread of the process. It sets no timer and keeps nothing alive; it needs no end.
 *
 * @throws TypeError for anything else than a handle of `shareBreaker`
 */
export function attachBreaker(handle: BreakerHandle, options: AttachOptions = {}): SharedBreaker {
  const checked = checkHandle(handle);
  const memory = viewsOf(checked.buffer);
  const share = shareOf(checked);
  const hasNoOwner = share === undefined && checked.ownerThreadId === threadId;
  if (hasNoOwner && !hasEnded(Atomics.load(memory.words, STATE))) {
    // It would wait for itself when the ring is full.
    throw new TypeError('the breaker was shared in this thread by another copy of treasury-breaker');
  }
  const view = new StateView(memory, checked.policy, checked.hasRealClock);
  return new AttachedBreaker(checked, view, share ?? new RingOutbox(memory), options);
}
