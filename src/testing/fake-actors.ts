import type { ActorLogic, AnyActorLogic, AnyActorRef, AnyStateMachine, EventObject, Snapshot } from 'xstate';
import { resultOf } from './actor-result.ts';
import { invokedSources, parentOf } from './internals.ts';

type Command =
  | { readonly type: 'fake.end'; readonly result: EventObject }
  | { readonly type: 'fake.say'; readonly event: EventObject };

/**
 * Does nothing by itself: it ends, and speaks to its parent, when it is told to. It does so at once, where a promise
 * would take a turn of the loop: then a path could not be replayed on a simulated clock without letting real time in.
 */
const puppet: ActorLogic<Snapshot<unknown> & { readonly input: unknown }, Command, unknown> = {
  transition(snapshot, command, { self, defer }) {
    if (command.type === 'fake.say') {
      defer(() => parentOf(self)?.send(command.event));
      return snapshot;
    }
    if (command.type !== 'fake.end') return snapshot;
    const { failed, value } = resultOf(command.result);
    return failed
      ? { ...snapshot, status: 'error', output: undefined, error: value }
      : { ...snapshot, status: 'done', output: value, error: undefined };
  },
  getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
  getPersistedSnapshot: (snapshot) => snapshot,
};

/**
 * The machine with a puppet in place of each actor that it invokes or spawns by name. A replay makes them end, or send
 * something to the machine, as the events of the path say: `xstate.done.actor.*` then comes from an actor that ended.
 *
 * @example
 * const machine = fakeActors(checkoutMachine);
 * const paths = explorePaths(machine, { events: [actorDone('charge', { id: 1 })], serializeState });
 */
export function fakeActors<Machine extends AnyStateMachine>(machine: Machine): Machine {
  const sources = [...Object.keys(machine.implementations.actors), ...invokedSources(machine.root)];
  const actors: Record<string, AnyActorLogic> = Object.fromEntries(sources.map((source) => [source, puppet]));
  return machine.provide({ actors } as never) as Machine;
}

/** Makes a faked actor end with a result. */
export const endWith = (actor: AnyActorRef, result: EventObject): void =>
  actor.send({ type: 'fake.end', result } satisfies Command);

/** Makes a faked actor send an event to its parent. */
export const say = (actor: AnyActorRef, event: EventObject): void =>
  actor.send({ type: 'fake.say', event } satisfies Command);
