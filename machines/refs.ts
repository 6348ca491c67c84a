import type { AnyActorRef } from 'xstate';

/**
 * Whether something that came in an event can be sent to. XState throws out of the action when it can not, which
 * would kill the sender; an address that somebody else filled in must not do that.
 */
export function canReceive(ref: AnyActorRef | undefined): ref is AnyActorRef {
  return typeof (ref as { _send?: unknown } | null | undefined)?._send === 'function';
}
