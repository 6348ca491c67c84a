import { threadId } from 'node:worker_threads';
import type { Actor, AnyActorLogic } from 'xstate';
import type { BreakerActor } from '../breaker/actor-breaker.ts';
import { DeadlineClock } from '../breaker/deadline-clock.ts';
import type { CircuitBreaker } from '../breaker/types.ts';
import { type BreakerHandle, handleOf, probeIdOf } from './handle.ts';
import { ProbeLedger } from './probe-ledger.ts';
import { Share } from './share.ts';
import { newMemory, viewsOf } from './shared-memory.ts';
import { Slots } from './slots.ts';
import { StateBoard } from './state-board.ts';
import { DEAD, STOPPED } from './state-word.ts';

const handles = new WeakMap<BreakerActor, BreakerHandle>();
/** Those of this thread that have not ended, by the ids of their handles. */
const shares = new Map<string, Share>();

/** The share of a handle, in the owner's thread. */
export const shareOf = (handle: BreakerHandle): Share | undefined => shares.get(handle.id);

/**
 * Shares a breaker with other threads: what it gives is posted to them, and {@link attachBreaker} makes a breaker of it
 * there. This thread is the owner: the actor, its listeners and its timers stay here. To share a breaker again gives the
 * same handle.
 *
 * Shared until `breaker.stop()`, or until this thread ends. It keeps no process alive.
 *
 * @throws TypeError for a breaker that `createCircuitBreaker` did not make
 */
export function shareBreaker(breaker: CircuitBreaker): BreakerHandle {
  const { actor } = breaker;
  const { clock } = actor as Partial<Actor<AnyActorLogic>>;
  if (!(clock instanceof DeadlineClock)) {
    throw new TypeError('shareBreaker needs a breaker that createCircuitBreaker made');
  }
  const known = handles.get(actor);
  if (known !== undefined) return known;
  clock.catchUp();
  const handle = share(actor, clock);
  handles.set(actor, handle);
  return handle;
}

function share(actor: BreakerActor, clock: DeadlineClock): BreakerHandle {
  const id = crypto.randomUUID();
  const buffer = newMemory();
  const memory = viewsOf(buffer);
  const { status, context } = actor.getSnapshot();
  const { generation: baseGeneration, name, policy } = context;
  const probeId = (generation: number, slot: number) => probeIdOf(id, generation, slot);
  const ledger = new ProbeLedger(actor, new Slots(memory), memory, probeId);
  const board = new StateBoard(actor, clock, memory, ledger, baseGeneration);
  board.show();
  if (status === 'active') {
    const onEnd = () => {
      shares.delete(id);
      if (shares.size === 0) process.off('exit', endAll);
    };
    if (shares.size === 0) process.once('exit', endAll);
    shares.set(id, new Share({ actor, clock, memory, board, ledger, probeId, onEnd }));
  } else {
    board.end(status === 'error' ? DEAD : STOPPED);
  }
  const hasRealClock = board.clockOffset !== undefined;
  return handleOf({ id, name, policy, buffer, baseGeneration, ownerThreadId: threadId, hasRealClock });
}

/** As this thread ends: nobody hears outcomes any more, so that others are not to wait for room. */
function endAll(): void {
  for (const share of shares.values()) share.end(STOPPED);
}
