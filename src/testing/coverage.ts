import type { AnyStateMachine } from 'xstate';
import { type DeclaredTransition, DeclaredTransitions } from './declared-transitions.ts';
import type { TakenStep } from './replay.ts';

/**
 * Which declared transitions of a machine were taken, and which guards were seen to refuse. Both by title.
 *
 * @example
 * const coverage = new TransitionCoverage(machine);
 * for (const path of paths) coverage.add(replayPath(machine, path, options).taken);
 * coverage.isTaken('CLOSED FAILURE[1] reachesFailureThreshold -> OPEN');
 */
export class TransitionCoverage {
  readonly #declared: DeclaredTransitions;
  readonly #taken = new Map<string, number>();
  readonly #refused = new Set<string>();

  constructor(machine: AnyStateMachine) {
    this.#declared = new DeclaredTransitions(machine);
  }

  /** @param steps those of one path */
  add(steps: Iterable<TakenStep>): void {
    const onPath = new Set<string>();
    for (const { event, states, transitions } of steps) {
      const taken = transitions.map((each) => this.#declared.get(each)).filter((each) => each !== undefined);
      for (const transition of taken) {
        onPath.add(transition.title);
        this.#refuse((other) => isBefore(other, transition));
        this.#refuse((other) => states.includes(other.state) && isWithin(other, transition));
      }
      if (transitions.length === 0) {
        this.#refuse((other) => other.event === event && states.includes(other.state));
      }
    }
    for (const title of onPath) this.#taken.set(title, this.timesTaken(title) + 1);
  }

  isTaken(title: string): boolean {
    return this.#taken.has(title);
  }

  /** On how many of the paths this transition was taken. */
  timesTaken(title: string): number {
    return this.#taken.get(title) ?? 0;
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

/**
 * A candidate of a state within, which was asked before the state around it, and refused. Not told of `always`: there the
 * states may have changed since the event came.
 */
const isWithin = (other: DeclaredTransition, taken: DeclaredTransition): boolean =>
  taken.event !== '' &&
  other.event === taken.event &&
  other.state !== taken.state &&
  (taken.state === '' || other.state.startsWith(`${taken.state}.`));

/** A candidate that was asked first, and refused since this one was taken. */
const isBefore = (other: DeclaredTransition, taken: DeclaredTransition): boolean =>
  other.state === taken.state && other.event === taken.event && other.index < taken.index;
