import type { Shown, ShownFields } from '../../src/inspect/protocol.ts';
import type { ActorView } from './actor-view.ts';
import type { BreakerSituation } from './consequences.ts';
import { stateText } from './format.ts';
import { hasMachine, type MachineActor } from './tabs.ts';

export const BREAKER_MACHINE = 'circuitBreaker';
const EXECUTOR_MACHINE = 'treasuryExecutor';

export const isBreaker = (actor: ActorView): actor is MachineActor => actor.machine?.id === BREAKER_MACHINE;

/** What the page knows for the one who is about to act on the breaker. @param now server time */
export function situationOf(
  breaker: MachineActor,
  actors: Iterable<ActorView>,
  now: number,
): BreakerSituation {
  const { context, value, timers } = breaker.machine;
  const executor = [...actors]
    .filter(hasMachine)
    .find(({ machine, status }) => machine.id === EXECUTOR_MACHINE && status === 'active');
  const [timer] = timers;
  return {
    state: stateText(value),
    ...number(context, 'failures'),
    ...number(fieldsOf(context['policy']), 'failureThreshold'),
    ...number(context, 'probesInFlight'),
    ...number(executor?.machine.context ?? {}, 'submissionsOut'),
    ...(timer !== undefined && { nextChanceMs: Math.max(0, timer.endsAt - now) }),
  };
}

function number<Key extends string>(fields: ShownFields, key: Key): { readonly [K in Key]?: number } {
  const value = fields[key];
  return (typeof value === 'number' ? { [key]: value } : {}) as { readonly [K in Key]?: number };
}

const fieldsOf = (value: Shown | undefined): ShownFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ShownFields) : {};
