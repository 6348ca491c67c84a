import type { AnyMachineSnapshot, EventObject, StateValue } from 'xstate';
import { afterDelayOf } from './internals.ts';
import type { Timer } from './moment.ts';

/** The state of a snapshot in a few characters: `OPEN`, `paying.signing`, `(a.b | c)` for parallel ones. */
export const stateLabel = (snapshot: AnyMachineSnapshot): string => valueLabel(snapshot.value);

function valueLabel(value: StateValue): string {
  if (typeof value === 'string') return value;
  const regions = Object.entries(value).map(([key, child]) => {
    const below = child === undefined ? '' : valueLabel(child);
    return below === '' ? key : `${key}.${below}`;
  });
  return regions.length > 1 ? `(${regions.join(' | ')})` : (regions[0] ?? '');
}

/** An event by its type and what it carries: `FAILURE`, `SUCCESS(permit p1)`. */
export function eventLabel(event: EventObject): string {
  const { type, ...payload } = event;
  const parts = Object.entries(payload)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return parts.length === 0 ? type : `${type}(${parts.join(', ')})`;
}

/** What comes by time: `after openTimeout` or, for a delayed raise, `PROBE_TIMED_OUT after 30000 ms`. */
export function timerLabel({ event, delayMs }: Timer): string {
  const delay = afterDelayOf(event.type);
  return delay === undefined ? `${event.type} after ${delayMs} ms` : `after ${delay}`;
}
