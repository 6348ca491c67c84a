import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** One transition as a chart declares it: where, on what, and which of the candidates. */
export interface DeclaredTransition {
  /** For people and for test titles: `CLOSED FAILURE[1] reachesFailureThreshold -> OPEN`. */
  readonly title: string;
  /** Path of the state in its machine, `a.b`; empty for the root. */
  readonly state: string;
  /** Event type; empty for `always`. */
  readonly event: string;
  /** Place among the candidates for this event in this state. */
  readonly index: number;
  /** Name of the guard, if it has one. */
  readonly guard: string | undefined;
  /** XState's own object of it. */
  readonly definition: AnyTransitionDefinition;
}

/** Every transition object of a machine, deliberate ignores included, in the order of the chart. */
export class DeclaredTransitions implements Iterable<DeclaredTransition> {
  readonly #byDefinition = new Map<AnyTransitionDefinition, DeclaredTransition>();

  constructor(machine: AnyStateMachine) {
    this.#visit(machine.root);
  }

  /** The declaration of a transition that XState took; `undefined` for one that nobody wrote, such as the initial one. */
  get(definition: AnyTransitionDefinition): DeclaredTransition | undefined {
    return this.#byDefinition.get(definition);
  }

  [Symbol.iterator](): Iterator<DeclaredTransition> {
    return this.#byDefinition.values();
  }

  #visit(node: AnyStateNode): void {
    this.#add(node, '', node.always ?? []);
    for (const [event, candidates] of node.transitions) this.#add(node, event, candidates);
    for (const child of Object.values<AnyStateNode>(node.states)) this.#visit(child);
  }

  #add(node: AnyStateNode, event: string, candidates: readonly AnyTransitionDefinition[]): void {
    const state = node.path.join('.');
    for (const [index, definition] of candidates.entries()) {
      const guard = guardName(definition.guard);
      const targets = definition.target?.map((target) => target.path.join('.')) ?? [];
      const title = [
        `${state || '(root)'} ${event || 'always'}[${index}]`,
        ...(guard === undefined ? [] : [guard]),
        ...(targets.length === 0 ? [] : ['->', targets.join(', ')]),
      ].join(' ');
      this.#byDefinition.set(definition, { title, state, event, index, guard, definition });
    }
  }
}

function guardName(guard: unknown): string | undefined {
  if (guard === undefined) return undefined;
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'function') return guard.name || 'inline guard';
  return String((guard as { type?: unknown }).type ?? 'inline guard');
}
