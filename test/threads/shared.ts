import { onTestFinished, vi } from 'vitest';
import type { CircuitBreaker, CircuitBreakerOptions } from '../../src/index.ts';
import { AttachedBreaker } from '../../src/threads/attached-breaker.ts';
import type { BreakerHandle } from '../../src/threads/handle.ts';
import { type AttachOptions, type SharedBreaker, shareBreaker } from '../../src/threads/index.ts';
import { RingOutbox } from '../../src/threads/outbox.ts';
import { viewsOf } from '../../src/threads/shared-memory.ts';
import { StateView } from '../../src/threads/state-view.ts';
import { MINUTE, newBreaker, open, watch } from '../support/breaker.ts';

/** A breaker as another thread has it, in this one: what it reports waits until the owner lets it in. */
export function attachAsThread(handle: BreakerHandle, options: AttachOptions = {}): SharedBreaker {
  const memory = viewsOf(handle.buffer);
  const view = new StateView(memory, handle.policy, handle.hasRealClock);
  return new AttachedBreaker(handle, view, new RingOutbox(memory), options);
}

interface Shared {
  readonly breaker: CircuitBreaker;
  readonly handle: BreakerHandle;
  readonly attach: (options?: AttachOptions) => SharedBreaker;
  /** Lets time pass. Milliseconds. */
  readonly wait: (ms: number) => void;
}

type Options = Omit<CircuitBreakerOptions, 'clock'>;

/** A shared breaker on a clock of its own, which stands still. */
export function newShared(options: Options = {}): Shared {
  const { breaker, clock } = newBreaker(options);
  return { ...share(breaker), wait: (ms) => clock.increment(ms) };
}

/**
 * A shared breaker on the real clock, which stands still too, for all threads alike. The owner's timers never fire: its
 * loop is starved, so that the owner comes to nothing before somebody uses its breaker.
 */
export function newStarvedShared(options: Options = {}): Shared {
  if (!vi.isFakeTimers()) {
    vi.useFakeTimers({ toFake: ['performance', 'hrtime'], now: 0 });
    vi.advanceTimersByTime(1_234_567);
    onTestFinished(() => {
      vi.useRealTimers();
    });
  }
  const { breaker } = watch(options);
  return { ...share(breaker), wait: (ms) => vi.advanceTimersByTime(ms) };
}

function share(breaker: CircuitBreaker) {
  onTestFinished(() => breaker.stop());
  const handle = shareBreaker(breaker);
  return { breaker, handle, attach: (options?: AttachOptions) => attachAsThread(handle, options) };
}

/** Has it fail until it opens, and waits until its time is over, of which the owner has not heard if it is starved. */
export function openAndWait<Of extends Shared>(shared: Of): Of {
  open(shared.breaker);
  shared.wait(MINUTE);
  return shared;
}

/** A permit that must be there. */
export function acquire(breaker: SharedBreaker) {
  const permit = breaker.tryAcquire();
  if (permit === undefined) throw new Error(`no permit: the breaker is ${breaker.state}`);
  return permit;
}
