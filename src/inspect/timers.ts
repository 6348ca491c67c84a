import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { transitionId } from '../diagram/read-chart.ts';
import { activeNodes, type ScheduledEvent, scheduledFor } from './internals.ts';
import type { RunningTimer } from './protocol.ts';

interface Noted {
  readonly scheduled: ScheduledEvent;
  /** By {@link performance.now}: a wall clock that is set moves no countdown. */
  readonly dueAt: number;
}

/** The delayed events of one actor: those that are under way, and how long each has left. */
export class Timers {
  readonly #actor: AnyActorRef;
  #noted: readonly Noted[] = [];

  constructor(actor: AnyActorRef) {
    this.#actor = actor;
    this.note();
  }

  /** Looks which ones there are now. One that is new began just now, or when its system says. */
  note(): void {
    const now = performance.now();
    const known = new Map(this.#noted.map((timer) => [timer.scheduled, timer]));
    this.#noted = scheduledFor(this.#actor).map(
      (scheduled) =>
        known.get(scheduled) ?? {
          scheduled,
          dueAt: now + scheduled.delay - Math.max(0, Date.now() - scheduled.startedAt),
        },
    );
  }

  view(snapshot: AnyMachineSnapshot | undefined): readonly RunningTimer[] {
    const now = performance.now();
    return this.#noted
      .map(({ scheduled: { event, delay }, dueAt }) => ({
        event: event.type,
        ...edgesOf(event.type, snapshot),
        delayMs: delay,
        leftMs: Math.max(0, Math.round(dueAt - now)),
      }))
      .toSorted((a, b) => a.leftMs - b.leftMs);
  }
}

/** Where an `after` can lead. The events of delayed `raise`s may be anybody's: they have no edge of their own. */
export function edgesOf(
  type: string,
  snapshot: AnyMachineSnapshot | undefined,
): Pick<RunningTimer, 'edges' | 'target'> {
  if (snapshot === undefined || !type.startsWith('xstate.after.')) return { edges: [] };
  const candidates = activeNodes(snapshot).flatMap((node) => node.transitions.get(type) ?? []);
  const [only] = candidates.length === 1 ? candidates : [];
  const target = only?.target?.[0]?.key;
  return { edges: candidates.map(transitionId), ...(target !== undefined && { target }) };
}
