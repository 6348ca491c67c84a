import type { BreakerChange, CircuitState } from './events.ts';
import { type CircuitBreakerConfig, type CircuitBreakerPolicy, resolvePolicy } from './policy.ts';

/** What a stopped breaker knew, with deadlines turned into the time that is left: input of the restoring state. */
export interface BreakerMemory {
  /** HALF_OPEN is restored as an OPEN whose time is over, so it is no value here. */
  readonly state: Exclude<CircuitState, 'HALF_OPEN'>;
  readonly failures: number;
  readonly generation: number;
  /** Openings since the last recovery. */
  readonly openings: number;
  /** CLOSED: milliseconds until each failure stops counting, oldest first. */
  readonly failuresLeftMs: readonly number[];
  /** OPEN: how long this opening lasts as a whole, and how much of it is left. Milliseconds. */
  readonly openLengthMs: number;
  readonly openLeftMs: number;
}

export interface CircuitBreakerInput {
  readonly policy?: CircuitBreakerConfig | undefined;
  readonly name?: string | undefined;
  /** Source of jitter, from 0 to below 1. `Math.random` unless given. */
  readonly random?: (() => number) | undefined;
  /** Restores a breaker; without it a new one starts CLOSED. */
  readonly memory?: BreakerMemory | undefined;
  /** Of whoever has a clock: makes the answer to a denied `PERMIT` exact. */
  readonly deadlines?: Deadlines | undefined;
}

/** The timers of a breaker's actor, as a clock knows them. */
export interface Deadlines {
  /** Milliseconds to the soonest; Infinity when there is none. */
  untilNext(): number;
}

/** A probe that is out: `id` of the permit, `undefined` for an anonymous one; `timer` names its time-out. */
export interface Probe {
  readonly id: string | undefined;
  readonly timer: string;
}

export interface CircuitBreakerContext {
  readonly policy: CircuitBreakerPolicy;
  readonly name: string | undefined;
  readonly random: () => number;
  readonly deadlines: Deadlines | undefined;
  readonly memory: BreakerMemory | undefined;
  /** The state that was entered last, and so the one that the next change comes from. */
  readonly state: CircuitState;
  readonly isRestoring: boolean;
  /** The last change of state, as it was announced; `undefined` before the first. */
  readonly change: BreakerChange | undefined;
  /** Failures in a row that still count. Kept, without ageing, outside CLOSED. */
  readonly failures: number;
  /** Number of the newest failure. The last `failures` of them are the ones that count, since they age in their order. */
  readonly lastFailure: number;
  /** Successes of this HALF_OPEN; 0 elsewhere. */
  readonly successes: number;
  /** Rises by one at every change of state; fences late outcomes. */
  readonly generation: number;
  /** Openings since the last recovery: the n of the backoff. */
  readonly openings: number;
  /** How long the current or last opening lasts as a whole. Milliseconds. */
  readonly openLengthMs: number;
  /** How long OPEN lasts from its entry: the length, or what a restore has left of it. Milliseconds. */
  readonly openDelayMs: number;
  /** Probes that are out, oldest first, and how many. */
  readonly probes: readonly Probe[];
  readonly probesInFlight: number;
  /** Number of the newest probe. */
  readonly lastProbe: number;
}

/** @throws RangeError or TypeError when the policy is not a valid one. */
export function initialContext({
  input = {},
}: {
  readonly input?: CircuitBreakerInput | undefined;
}): CircuitBreakerContext {
  const policy = resolvePolicy(input.policy);
  const memory = input.memory;
  const openLengthMs = memory?.openLengthMs ?? policy.openTimeoutMs;
  return {
    policy,
    name: input.name,
    random: input.random ?? Math.random,
    deadlines: input.deadlines,
    memory,
    // The first state that is entered writes it, whichever that is.
    state: 'CLOSED',
    isRestoring: true,
    change: undefined,
    failures: memory?.failures ?? 0,
    lastFailure: memory?.failures ?? 0,
    successes: 0,
    generation: memory?.generation ?? 0,
    openings: memory?.openings ?? 0,
    openLengthMs,
    openDelayMs: memory?.openLeftMs ?? openLengthMs,
    probes: [],
    probesInFlight: 0,
    lastProbe: 0,
  };
}

/** How long the next opening lasts, in milliseconds: grown by the backoff, moved by the jitter, then capped. */
export function nextOpenLengthMs({ policy, openings, random }: CircuitBreakerContext): number {
  const { openTimeoutMs, openBackoff } = policy;
  const grown = openTimeoutMs * openBackoff.factor ** openings;
  const moved = openBackoff.jitter === 0 ? grown : grown * (1 + openBackoff.jitter * (2 * random() - 1));
  return Math.min(moved, Math.max(openBackoff.maxMs, openTimeoutMs));
}

/**
 * Number of what comes after `last` of its kind, when `out` of them have a timer still. When there is none the numbers
 * begin again, and the names of the timers with them: XState keeps timers as properties of an object, and V8 takes a name
 * that was never there before, or one and the same at each turn, four times as slowly as two in turns.
 */
export function nextNumber(last: number, out: number): number {
  if (out > 0) return last + 1;
  return last === 1 ? 2 : 1;
}

const failureName = (n: number): string => `failure.${n}`;

/** Of the numbers that most failures have: to make a name, and to compare it with another one, is dearer than to find it. */
const FAILURE_NAMES = Array.from({ length: 8 }, (_, n) => failureName(n));

/** Name of the timer after which failure number `n` stops counting. */
export const failureTimer = (n: number): string => FAILURE_NAMES[n] ?? failureName(n);

/** Name of the timer after which probe number `n` counts as failed. */
export const probeTimer = (n: number): string => `probe.${n}`;
