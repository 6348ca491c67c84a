import type { BreakerEvent, CircuitState, PermitDenied, PermitGranted } from '../../../machines/events.ts';
import type { TimerView } from '../../inspector/actor-view.ts';

/** What one sees of the breaker. */
export interface View {
  readonly state: CircuitState;
  readonly failures: number;
  readonly successes: number;
  readonly generation: number;
  readonly openings: number;
  readonly probes: number;
  /** How long this opening, or the last one, lasts. Milliseconds. */
  readonly openLengthMs: number;
  /** Ids of the active states, as in the drawing. */
  readonly active: readonly string[];
  /** What will happen by itself, the soonest first; `endsAt` on the simulated clock. */
  readonly due: readonly TimerView[];
}

export type SentEvent = Exclude<BreakerEvent, { readonly type: 'FAILURE_AGED' | 'PROBE_TIMED_OUT' }>;

export type Answer = PermitGranted | PermitDenied;

/** One line of the log: an event that was sent, a timer that ended, or time in which nothing happened. */
export interface Entry {
  /** Index of the step that it belongs to. A wait has a line for each timer that ended within it. */
  readonly step: number;
  /** Simulated milliseconds since the breaker was made. */
  readonly at: number;
  /** Type of the event that the chart got; absent when only time passed. */
  readonly type?: string;
  /** The event as it was sent, without the address for the answer; absent for timers. */
  readonly sent?: SentEvent;
  readonly verdict: 'taken' | 'ignored' | 'refused' | 'idle';
  /** Why it came to nothing. */
  readonly reason?: string;
  /** Names of the guards of the transitions that were taken. */
  readonly guards: readonly string[];
  /** Ids of the transitions, as in the drawing. */
  readonly edges: readonly string[];
  /** Answer to a PERMIT. */
  readonly answer?: Answer;
  readonly before: View;
  readonly after: View;
}
