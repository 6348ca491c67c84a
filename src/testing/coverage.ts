import type { AnyStateMachine } from 'xstate';
import { type DeclaredTransition, DeclaredTransitions } from './declared-transitions.ts';
import type { TakenStep } from './replay.ts';

/** Which declared transitions of a machine were taken, and which guards were seen to refuse. Both by title. */
export class TransitionCoverage {
  readonly #declared: DeclaredTransitions;
  readonly #taken = new Set<string>();
  readonly #refused = new Set<string>();

  constructor(machine: AnyStateMachine) {
    this.#declared = new DeclaredTransitions(machine);
  }

  add(steps: Iterable<TakenStep>): void {
    for (const { event, states, transitions } of steps) {
      const taken = transitions.map((each) => this.#declared.get(each)).filter((each) => each !== undefined);
      for (const transition of taken) {
        this.#taken.add(transition.title);
        this.#refuse((other) => isBefore(other, transition));
      }
      if (transitions.length === 0) {
        this.#refuse((other) => other.event === event && states.includes(other.state));
      }
    }
  }

  isTaken(title: string): boolean {
    return this.#taken.has(title);
  }

  /** Whether the guard of this transition was asked and said no. */
  isRefused(title: string): boolean {
    return this.#refused.has(title);
  }

  #refuse(which: (transition: DeclaredTransition) => boolean): void {
    for (const transition of this.#declared) {
      if (transition.guard !== undefined && which(transition)) this.#refused.add(transition.title);
    }
  }
}

/** A candidate that was asked first, and refused since this one was taken. */
const isBefore = (other: DeclaredTransition, taken: DeclaredTransition): boolean =>
  other.state === taken.state && other.event === taken.event && other.index < taken.index;
