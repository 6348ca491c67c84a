import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  EventObject,
} from 'xstate';
import { type Action, type Args, type Delays, type Effect, Plan } from './transition-plan.ts';

type Guard = (args: Pick<Args, 'context' | 'event'>) => boolean;

/** A transition that an event may take. */
interface Candidate {
  readonly definition: AnyTransitionDefinition;
  /** For inspectors: that it is the one that was taken. */
  readonly alone: readonly [AnyTransitionDefinition];
  /** `undefined`: it may always be taken. */
  readonly guard: Guard | undefined;
  /** The state that it leads to; `undefined`: it stays. */
  readonly target: string | undefined;
  /** In their order: to leave the state, of the transition, to enter the next. `undefined`: only XState can take it. */
  readonly actions: readonly Action[] | undefined;
}

/** By state, and in it by event. */
type Table = ReadonlyMap<unknown, ReadonlyMap<string, readonly Candidate[]>>;

type SnapshotOf<Machine extends AnyStateMachine> = ReturnType<Machine['transition']>;
type Scope = Parameters<AnyStateMachine['transition']>[2];

/** What a snapshot holds for its state alone: the same in all snapshots of one state, and changed by nobody. */
type StateParts = Pick<AnyMachineSnapshot, 'value' | 'tags' | '_nodes'>;

const NONE = Object.freeze({});
const isEmpty = (object: object): boolean => Object.keys(object).length === 0;

/**
 * Takes the transitions of a flat chart as XState does, for a tenth of its time.
 *
 * Guards, delays and actions are the machine's own: nothing of a chart is written down here. What this knows is how
 * XState takes one transition between states that have no children: the first candidate whose guard holds; the actions
 * one after the other, each with the context that those before it made; timers set and cancelled, events emitted when the
 * new snapshot is there; inspectors told. All else is left to XState: wildcards, eventless transitions, other actions
 * (`sendTo` is one), and whatever throws. On every path of the breaker's chart both are held against each other
 * (`test/paths/breaker-logic.test.ts`).
 *
 * `_sendInspectionEvent`, `_transitions` and `_nodes` are internals of XState, measured with 5.33.
 */
export class FlatChart<Machine extends AnyStateMachine> {
  readonly #machine: Machine;
  readonly #table: Table;
  /** Learned from what XState makes. */
  readonly #parts = new Map<unknown, StateParts>();

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#table = readTable(machine);
  }

  initial(...[scope, input]: Parameters<Machine['getInitialSnapshot']>): SnapshotOf<Machine> {
    return this.#share(this.#machine.getInitialSnapshot(scope, input));
  }

  take(...[snapshot, event, scope]: Parameters<Machine['transition']>): SnapshotOf<Machine> {
    const own = this.#takeOwn(snapshot, event, scope);
    if (own !== undefined) return own;
    const next: AnyMachineSnapshot = this.#machine.transition(snapshot, event, scope);
    return next === snapshot ? (next as SnapshotOf<Machine>) : this.#share(next);
  }

  #takeOwn(snapshot: AnyMachineSnapshot, event: EventObject, scope: Scope): SnapshotOf<Machine> | undefined {
    const candidates = this.#table.get(snapshot.value)?.get(event.type);
    if (candidates === undefined) return undefined;
    const delays = this.#machine.implementations.delays as unknown as Delays;
    const plan = new Plan(delays, snapshot.context, event, scope);
    const taken = choose(candidates, plan);
    if (taken?.actions === undefined) return undefined;
    const parts = this.#parts.get(taken.target);
    if (taken.target !== undefined && parts === undefined) return undefined;
    if (!plan.addAll(taken.actions)) return undefined;
    for (const effect of plan.effects) execute(effect, scope);
    const { context } = plan.args;
    const isSame = parts === undefined && context === snapshot.context;
    const next = isSame ? snapshot : { ...snapshot, ...parts, context };
    tell(scope, {
      type: '@xstate.microstep',
      actorRef: scope.self,
      event,
      snapshot: next,
      _transitions: taken.alone,
    });
    return next as SnapshotOf<Machine>;
  }

  /** A snapshot without copies of its own of what is the same in all: 0.4 of the 4 kB of a breaker. */
  #share(snapshot: AnyMachineSnapshot): SnapshotOf<Machine> {
    const { value, tags, _nodes, children, historyValue } = snapshot;
    const parts = this.#parts.get(value) ?? { value, tags, _nodes };
    // The value of a state with children is another object each time.
    if (typeof value === 'string') this.#parts.set(value, parts);
    return {
      ...snapshot,
      ...parts,
      children: isEmpty(children) ? NONE : children,
      historyValue: isEmpty(historyValue) ? NONE : historyValue,
    } as SnapshotOf<Machine>;
  }
}

/** The transition that the guards choose; `undefined` when there is none. */
function choose(candidates: readonly Candidate[], { args }: Plan): Candidate | undefined {
  try {
    for (const candidate of candidates) if (candidate.guard?.(args) ?? true) return candidate;
  } catch {
    // XState asks the guard once more, and says what is wrong.
  }
  return undefined;
}

function tell({ system }: Scope, inspection: object): void {
  (system as unknown as { _sendInspectionEvent(inspection: object): void })._sendInspectionEvent(inspection);
}

/** XState waits with timers, too, until the new snapshot is there; but nobody can look in between. */
function execute({ type, params }: Effect, scope: Scope): void {
  const { self, system } = scope;
  tell(scope, { type: '@xstate.action', actorRef: self, action: { type, params } });
  if (type === 'xstate.cancel') system.scheduler.cancel(self, params.sendId);
  else if (type === 'xstate.emit') scope.defer(() => scope.emit(params.event));
  else system.scheduler.schedule(self, self, params.event, params.delay, params.id);
}

function readTable({ root, implementations }: AnyStateMachine): Table {
  const named = implementations as unknown as {
    readonly guards: Readonly<Record<string, Guard | undefined>>;
    readonly actions: Readonly<Record<string, Action | undefined>>;
  };

  const readAction = (action: unknown): Action | undefined =>
    typeof action === 'function' ? (action as unknown as Action) : named.actions[action as string];

  function readCandidate(definition: AnyTransitionDefinition): Candidate {
    const { source, guard, reenter } = definition;
    const [next = source] = (definition.target ?? []) as readonly AnyStateNode[];
    const leaves = next !== source;
    const actions = [
      ...(leaves ? source.exit : []),
      ...definition.actions,
      ...(leaves ? next.entry : []),
    ].map(readAction);
    const known = actions.filter((action) => action !== undefined);
    // A target that is the state itself leaves and enters it: none of ours has one.
    const isKnown = leaves ? isSimple(next) : definition.target === undefined && !reenter;
    return {
      definition,
      alone: [definition],
      guard: named.guards[guard as string],
      target: leaves ? next.key : undefined,
      actions: isKnown && known.length === actions.length ? known : undefined,
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

/** Without children or actors, left by events alone. */
const isSimple = ({ type, always, invoke, transitions }: AnyStateNode): boolean =>
  type === 'atomic' &&
  !always &&
  invoke.length === 0 &&
  ![...transitions.keys()].some((descriptor) => descriptor.includes('*'));
