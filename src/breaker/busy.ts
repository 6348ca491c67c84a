import type { AnyActorRef } from 'xstate';

/**
 * Whether an actor is within the processing of an event: one that is sent to it now waits, and its answer comes too late.
 *
 * An internal of XState (measured with 5.33), which has no public way to tell: the mailbox holds the event until its
 * subscribers and inspectors have run.
 */
export function isBusy(actor: AnyActorRef): boolean {
  const { mailbox } = actor as unknown as { readonly mailbox?: { readonly _current?: unknown } };
  return mailbox?._current != null;
}
