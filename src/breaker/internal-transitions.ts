import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { type Action, type Args, type Delays, type Effect, Plan } from './transition-plan.ts';

type Guard = (args: Pick<Args, 'context' | 'event'>) => boolean;

/** A transition that an event may take. */
interface Candidate {
  readonly definition: AnyTransitionDefinition;
  /** `undefined`: it may always be taken. */
  readonly guard: Guard | undefined;
  /** `undefined`: it leaves the state, or does what only XState can. */
  readonly actions: readonly Action[] | undefined;
}

type Table = ReadonlyMap<unknown, ReadonlyMap<string, readonly Candidate[]>>;

/**
 * Takes the transitions of a flat chart that stay in their state, as XState does and for a tenth of its time.
 *
 * Guards, delays and actions are the machine's own: nothing of a chart is written down here. What this knows is how
 * XState takes one transition without a target: the first candidate whose guard holds; its actions one after the other,
 * each with the context that those before it made; timers set and cancelled when the new snapshot is there; inspectors
 * told. All else is left to XState, and so is what throws: for those the result is `undefined`, and nothing has happened.
 * On every path of the chart both are held against each other (`test/paths/internal-transitions.test.ts`).
 *
 * `_sendInspectionEvent` and `_transitions` are internals of XState, measured with 5.33.
 */
export function internalTransitions<Machine extends AnyStateMachine>(
  machine: Machine,
): (...step: Parameters<Machine['transition']>) => ReturnType<Machine['transition']> | undefined {
  const table = readTable(machine);
  const { delays } = machine.implementations;
  return (snapshot, event, scope) => {
    const candidates = table.get(snapshot.value)?.get(event.type);
    if (candidates === undefined) return undefined;
    const plan = new Plan(delays as unknown as Delays, snapshot.context, event, scope);
    const definition = workOut(candidates, plan);
    if (definition === undefined) return undefined;
    for (const effect of plan.effects) execute(effect, scope);
    const { context } = plan.args;
    const next = context === snapshot.context ? snapshot : { ...snapshot, context };
    tell(scope, {
      type: '@xstate.microstep',
      actorRef: scope.self,
      event,
      snapshot: next,
      _transitions: [definition],
    });
    return next as ReturnType<Machine['transition']>;
  };
}

/** The transition that is taken, with what it comes to in the plan; `undefined` when it is not one for here. */
function workOut(candidates: readonly Candidate[], plan: Plan): AnyTransitionDefinition | undefined {
  try {
    for (const { definition, guard, actions } of candidates) {
      if (guard !== undefined && !guard(plan.args)) continue;
      if (actions === undefined) return undefined;
      for (const action of actions) plan.add(action);
      return plan.isKnown ? definition : undefined;
    }
  } catch {
    // XState takes it once more, and says what is wrong.
  }
  return undefined;
}

type Scope = Parameters<AnyStateMachine['transition']>[2];

function tell({ system }: Scope, inspection: object): void {
  (system as unknown as { _sendInspectionEvent(inspection: object): void })._sendInspectionEvent(inspection);
}

/** XState waits with it until the new snapshot is there, but nobody can look in between. */
function execute({ type, params }: Effect, scope: Scope): void {
  const { self, system } = scope;
  tell(scope, { type: '@xstate.action', actorRef: self, action: { type, params } });
  if (type === 'xstate.cancel') system.scheduler.cancel(self, params.sendId);
  else system.scheduler.schedule(self, self, params.event, params.delay, params.id);
}

function readTable({ root, implementations }: AnyStateMachine): Table {
  const named = implementations as unknown as {
    readonly guards: Readonly<Record<string, Guard | undefined>>;
    readonly actions: Readonly<Record<string, Action | undefined>>;
  };

  function readCandidate(definition: AnyTransitionDefinition): Candidate {
    const { guard, target, reenter } = definition;
    const actions = (definition.actions as readonly unknown[]).map((name) => named.actions[name as string]);
    const known = actions.filter((action) => action !== undefined);
    const stays = target === undefined && !reenter && known.length === actions.length;
    return {
      definition,
      guard: guard === undefined ? undefined : named.guards[guard as string],
      actions: stays ? known : undefined,
    };
  }

  const readState = ({ key, transitions }: AnyStateNode) => {
    const entries = [...transitions].map(
      ([type, definitions]) => [type, definitions.map(readCandidate)] as const,
    );
    return [key, new Map(entries.filter(([, candidates]) => candidates.every(hasKnownGuard)))] as const;
  };
  const states = isFlat(root) ? Object.values(root.states).filter(isSimple) : [];
  return new Map(states.map(readState));
}

/** A guard is known when it is a plain function by name: what is built from others XState evaluates. */
const hasKnownGuard = ({ definition, guard }: Candidate): boolean =>
  definition.guard === undefined || (typeof guard === 'function' && !('check' in guard));

/** Without transitions of its own, which those of the states would have to be weighed against. */
const isFlat = ({ transitions, always }: AnyStateNode): boolean => transitions.size === 0 && !always;

const isSimple = ({ type, always, transitions }: AnyStateNode): boolean =>
  type === 'atomic' && !always && ![...transitions.keys()].some((descriptor) => descriptor.includes('*'));
