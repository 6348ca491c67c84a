/** What makes a transition be looked at. */
export type Trigger =
  | { readonly kind: 'event'; readonly name: string }
  | { readonly kind: 'always' }
  /** `name` is that of a named delay; `ms` is known for a number, or when the caller told what the name stands for. */
  | { readonly kind: 'after'; readonly name: string | undefined; readonly ms: number | undefined }
  /** An invoked actor is done or has failed; without a name: the state's own children are done. */
  | { readonly kind: 'done' | 'error' | 'snapshot'; readonly name: string | undefined };

/** One transition as the machine declares it. */
export interface ChartTransition {
  /** See {@link transitionId}. */
  readonly id: string;
  /** Id of the state that declares it. */
  readonly source: string;
  /** Ids of the states that it leads to: none if it only acts, several into a parallel state. */
  readonly targets: readonly string[];
  readonly trigger: Trigger;
  /** XState's own type of the event, which a trigger is read from; empty for `always`. */
  readonly eventType: string;
  /** Readable text of the guard. */
  readonly guard: string | undefined;
  /**
   * Not guarded, but there are guarded candidates before it for the same event that do something: it happens when
   * none of them does.
   */
  readonly isElse: boolean;
  readonly actions: readonly string[];
  /** Leaves and enters its source although the target is the source itself or within it. */
  readonly reenters: boolean;
}

/** An actor that lives as long as its state is active. */
export interface ChartInvoke {
  readonly id: string;
  /** Name of the logic; for logic written in place, the id. */
  readonly source: string;
}

/** One state of a chart, with everything that a drawing shows of it. */
export interface ChartState {
  /** XState's own id of the state node, `machine.parent.child` unless the machine gives another one. */
  readonly id: string;
  readonly key: string;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly history: 'shallow' | 'deep' | undefined;
  /** Left as soon as it is entered: only there to choose the next one. */
  readonly isTransient: boolean;
  /** Ids of the states that are entered first. */
  readonly initial: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly ChartInvoke[];
  readonly transitions: readonly ChartTransition[];
  readonly states: readonly ChartState[];
}

/** The state and all states within it, outer ones first, in the order of the machine. */
export function* allStates(state: ChartState): Generator<ChartState> {
  yield state;
  for (const child of state.states) yield* allStates(child);
}

/** A transition that is declared only to say that the event is heard and ignored. */
export const isIgnore = ({ targets, actions, reenters }: ChartTransition): boolean =>
  targets.length === 0 && actions.length === 0 && !reenters;
