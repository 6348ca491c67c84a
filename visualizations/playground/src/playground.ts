import type { Entry, View } from './entry.ts';
import type { Scenario } from './scenario.ts';
import { Session } from './session.ts';
import type { Step } from './step.ts';

/** A part of the page that shows the playground. */
export interface Shown {
  render(): void;
}

/** What the page is about at the moment: the sequence, the entry that is looked at, and what went wrong last. */
export class Playground {
  readonly session = new Session();
  readonly #parts: Shown[] = [];
  #selected: number | undefined;
  #notice = '';
  #begun = 0;

  add(...parts: readonly Shown[]): void {
    this.#parts.push(...parts);
  }

  get entries(): readonly Entry[] {
    return this.session.run.entries;
  }

  /** Index of the entry that somebody selected; `undefined`: the present is shown. */
  get selected(): number | undefined {
    return this.#selected;
  }

  /** The entry that is shown: the one selected, or the last. */
  get entry(): Entry | undefined {
    return this.entries[this.#selected ?? this.entries.length - 1];
  }

  /** What is shown of the breaker. */
  get view(): View {
    return this.#selected === undefined
      ? this.session.run.view
      : (this.entry?.after ?? this.session.run.start);
  }

  /** Simulated time that is shown. */
  get now(): number {
    return this.#selected === undefined ? this.session.run.now : (this.entry?.at ?? 0);
  }

  /** What could not be done, for people; empty when all went well. */
  get notice(): string {
    return this.#notice;
  }

  /** Rises with whatever is done by anybody but the time that runs by itself. */
  get begun(): number {
    return this.#begun;
  }

  do(step: Step): void {
    this.#change(() => this.session.do(step));
  }

  /** Time that runs by itself. @returns whether it did */
  watch(ms: number, isNew: boolean): boolean {
    return this.#attempt(() => this.session.watch(ms, isNew));
  }

  undo(): void {
    this.#change(() => this.session.undo());
  }

  redo(): void {
    this.#change(() => this.session.redo());
  }

  redoAll(): void {
    this.#change(() => this.session.redoAll());
  }

  startOver(settings?: Omit<Scenario, 'steps'>): void {
    this.#change(() => this.session.startOver(settings));
  }

  load(scenario: Scenario): void {
    this.#change(() => this.session.load(scenario));
  }

  /** @param index of an entry; `undefined` goes back to the present */
  select(index: number | undefined): void {
    this.#selected = index;
    this.render();
  }

  complain(notice: string): void {
    this.#notice = notice;
    this.render();
  }

  render(): void {
    for (const part of this.#parts) part.render();
  }

  #change(act: () => void): void {
    this.#begun += 1;
    this.#attempt(act);
  }

  #attempt(act: () => void): boolean {
    this.#selected = undefined;
    this.#notice = '';
    try {
      act();
    } catch (error) {
      // Out of bounds: the message is for people. Anything else is a fault of the page.
      if (!(error instanceof RangeError)) throw error;
      this.#notice = error.message;
    }
    this.render();
    return this.#notice === '';
  }
}
