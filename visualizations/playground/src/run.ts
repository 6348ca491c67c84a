import { type AnyActorRef, createActor, fromCallback } from 'xstate';
import type { Answer, Entry, SentEvent, View } from './entry.ts';
import type { Scenario } from './scenario.ts';
import type { Step } from './step.ts';
import { WatchedBreaker } from './watched-breaker.ts';

/** A permit that was granted and whose holder has told no outcome yet. */
export interface PermitOut {
  readonly id: string;
  readonly generation: number;
  /** It took one of the slots for probes, which its outcome frees. */
  readonly holdsSlot: boolean;
}

/**
 * A breaker from its beginning, step by step. The same steps under the same policy always give the same entries: that
 * is how a step is undone, and how a link shows what somebody else saw.
 */
export class Run {
  readonly #breaker: WatchedBreaker;
  readonly #answers: Answer[] = [];
  readonly #asker: AnyActorRef;
  readonly #entries: Entry[] = [];
  readonly #start: View;
  #permits: readonly PermitOut[] = [];
  #steps = 0;

  constructor({ policy, draw, steps }: Scenario) {
    this.#breaker = new WatchedBreaker({ policy, draw });
    this.#start = this.#breaker.view;
    const ask = fromCallback<Answer>(({ receive }) => receive((answer) => this.#answers.push(answer)));
    this.#asker = createActor(ask).start();
    for (const step of steps) this.apply(step);
  }

  /** Simulated milliseconds since the breaker was made. */
  get now(): number {
    return this.#breaker.clock.now();
  }

  get view(): View {
    return this.#breaker.view;
  }

  /** How the breaker began. */
  get start(): View {
    return this.#start;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Permits that are out, the oldest first. */
  get permits(): readonly PermitOut[] {
    return this.#permits;
  }

  apply(step: Step): void {
    if (step.type === 'wait') this.#wait(this.now + step.ms);
    else this.#send(this.#eventOf(step));
    this.#steps += 1;
  }

  /** The last step, which is a wait, becomes longer. */
  extend(ms: number): void {
    if (this.#entries.at(-1)?.verdict === 'idle') this.#entries.pop();
    this.#steps -= 1;
    this.#wait(this.now + ms);
    this.#steps += 1;
  }

  #eventOf(step: Exclude<Step, { readonly type: 'wait' }>): SentEvent {
    if (!('permit' in step)) return step;
    const { type, permit } = step;
    const held = this.#permits.find(({ id }) => id === permit);
    // Nobody was granted it: whoever sends it knows its name and nothing else.
    if (held === undefined) return step;
    this.#permits = this.#permits.filter((other) => other !== held);
    return { type, generation: held.generation, ...(held.holdsSlot && { permit }) };
  }

  #send(event: SentEvent): void {
    this.#breaker.actor.send(event.type === 'PERMIT' ? { ...event, replyTo: this.#asker } : event);
    const answer = this.#answers.pop();
    for (const happening of this.#breaker.take()) {
      this.#entries.push({
        step: this.#steps,
        sent: event,
        ...happening,
        ...(answer !== undefined && { answer }),
      });
    }
    if (answer?.type !== 'PERMIT_GRANTED' || answer.id === undefined) return;
    const { id, generation, permit } = answer;
    this.#permits = [...this.#permits, { id, generation, holdsSlot: permit !== undefined }];
  }

  /** From one timer to the next: XState's clock jumps first and fires then, so what a timer starts would start late. */
  #wait(until: number): void {
    const { clock } = this.#breaker;
    while (clock.now() < until) {
      const before = this.view;
      clock.set(Math.min(until, before.due[0]?.endsAt ?? until));
      const happened = this.#breaker.take();
      for (const happening of happened) this.#entries.push({ step: this.#steps, ...happening });
      if (happened.length === 0) this.#idle(before);
    }
  }

  /** Only the rest of a wait is idle: up to a timer the next entry tells how much time has passed. */
  #idle(view: View): void {
    this.#entries.push({
      step: this.#steps,
      at: this.now,
      verdict: 'idle',
      guards: [],
      edges: [],
      before: view,
      after: view,
    });
  }
}
