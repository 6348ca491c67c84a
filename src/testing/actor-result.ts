import type { EventObject } from 'xstate';

/** What XState sends to a machine whose invoked actor has ended well. */
export interface ActorDone<Id extends string, Output> {
  readonly type: `xstate.done.actor.${Id}`;
  readonly output: Output;
  readonly actorId: Id;
}

/** What XState sends to a machine whose invoked actor has failed. */
export interface ActorFailed<Id extends string> {
  readonly type: `xstate.error.actor.${Id}`;
  readonly error: Error;
  readonly actorId: Id;
}

/**
 * An invoked actor ends with this output; for `events` of {@link explorePaths}.
 * @example actorDone('charge', { receipt: 'r1' })
 */
export const actorDone = <const Id extends string, Output>(
  actorId: Id,
  output: Output,
): ActorDone<Id, Output> => ({ type: `xstate.done.actor.${actorId}`, output, actorId });

/**
 * An invoked actor fails with this error; for `events` of {@link explorePaths}.
 * @example actorFailed('charge', new Error('card refused'))
 */
export const actorFailed = <const Id extends string>(actorId: Id, error: Error): ActorFailed<Id> => ({
  type: `xstate.error.actor.${actorId}`,
  error,
  actorId,
});

const RESULT = /^xstate\.(done|error)\.actor\.(.+)$/;

/** Id of the actor whose end an event tells; `undefined` for every other event. */
export const endedActor = ({ type }: EventObject): string | undefined => RESULT.exec(type)?.[2];

/** What an actor ended with. */
export function resultOf(event: EventObject): { readonly failed: boolean; readonly value: unknown } {
  const { output, error } = event as { output?: unknown; error?: unknown };
  return RESULT.exec(event.type)?.[1] === 'error'
    ? { failed: true, value: error }
    : { failed: false, value: output };
}

/** A result for a type that a chart listens to and that nobody gave a value for. */
export function bareResult(type: string): EventObject {
  const id = endedActor({ type }) ?? '';
  return type.startsWith('xstate.error.')
    ? actorFailed(id, new Error(`${id} failed`))
    : actorDone(id, undefined);
}
