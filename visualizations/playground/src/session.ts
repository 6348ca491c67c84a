import { Run } from './run.ts';
import { NEW_SCENARIO, type Scenario } from './scenario.ts';
import { checkStep, LONGEST_WAIT_MS, MOST_STEPS, type Step } from './step.ts';

/** The sequence that is being made: what was done, and what was undone and can be done again. */
export class Session {
  #scenario = NEW_SCENARIO;
  #run = new Run(NEW_SCENARIO);
  /** The next one to be done again is the last. */
  #undone: readonly Step[] = [];

  get scenario(): Scenario {
    return this.#scenario;
  }

  get run(): Run {
    return this.#run;
  }

  get canUndo(): boolean {
    return this.#scenario.steps.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** @throws RangeError when the step is out of its bounds, or one too many */
  do(step: Step): void {
    this.#append(step);
    this.#undone = [];
  }

  /**
   * Lets time go on within the last step, if that is a wait, so that a minute that was watched is one step.
   *
   * @param isNew begins a step of its own
   * @throws RangeError as {@link do}
   */
  watch(ms: number, isNew: boolean): void {
    const { steps } = this.#scenario;
    const last = steps.at(-1);
    if (isNew || last?.type !== 'wait' || last.ms + ms > LONGEST_WAIT_MS) {
      this.do({ type: 'wait', ms });
      return;
    }
    const longer = checkStep({ type: 'wait', ms: last.ms + ms });
    this.#run.extend(ms);
    this.#scenario = { ...this.#scenario, steps: [...steps.slice(0, -1), longer] };
  }

  undo(): void {
    const last = this.#scenario.steps.at(-1);
    if (last === undefined) return;
    this.#undone = [...this.#undone, last];
    this.#begin({ ...this.#scenario, steps: this.#scenario.steps.slice(0, -1) });
  }

  redo(): void {
    const step = this.#undone.at(-1);
    if (step === undefined) return;
    this.#append(step);
    this.#undone = this.#undone.slice(0, -1);
  }

  redoAll(): void {
    while (this.canRedo) this.redo();
  }

  /** A new breaker, under the given settings. The steps can be done again, one by one. */
  startOver(settings: Omit<Scenario, 'steps'> = this.#scenario): void {
    this.#undone = [...this.#undone, ...this.#scenario.steps.toReversed()];
    this.#begin({ policy: settings.policy, draw: settings.draw, steps: [] });
  }

  /** Another scenario as a whole. */
  load(scenario: Scenario): void {
    this.#undone = [];
    this.#begin(scenario);
  }

  #append(step: Step): void {
    const { steps } = this.#scenario;
    if (steps.length >= MOST_STEPS) throw new RangeError(`a sequence has at most ${MOST_STEPS} steps`);
    this.#run.apply(checkStep(step));
    this.#scenario = { ...this.#scenario, steps: [...steps, step] };
  }

  #begin(scenario: Scenario): void {
    this.#run = new Run(scenario);
    this.#scenario = scenario;
  }
}
