import type { AnyActorRef } from 'xstate';
import type { BreakerEvent } from '../../machines/index.ts';

/** Where others take slots of a breaker's HALF_OPEN by themselves, and its chart hears of it later. */
export interface SlotGate {
  /**
   * From now on nobody takes the one that the chart decides about.
   *
   * @returns what the chart has not heard yet of those that were taken
   */
  close(): readonly BreakerEvent[];
  /** Those that are free by the chart may be taken again. */
  open(): void;
}

/**
 * The gates of the breakers that are shared. Before a chart decides about a slot its gate is closed, so that two who
 * decide never give the same one away.
 */
export const slotGates = new WeakMap<AnyActorRef, SlotGate>();
