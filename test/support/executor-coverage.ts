import type { AnyTransitionDefinition, InspectionEvent } from 'xstate';

const PATTERNS: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^xstate\.done\.actor\.(.+)$/, () => 'invoke onDone'],
  [/^xstate\.error\.actor\.(.+)$/, () => 'invoke onError'],
  [/^xstate\.done\.state\.(.+)$/, () => 'onDone'],
  [/^xstate\.after\.([^.]+)\./, (delay) => `after ${delay}`],
];

/** Names an event as the chart's source does. */
function slotOf(eventType: string): string {
  for (const [pattern, name] of PATTERNS) {
    const match = pattern.exec(eventType);
    if (match !== null) return name(match[1] ?? '');
  }
  return `on ${eventType}`;
}

/** The candidates of one state for one event: all of them are asked in turn. */
export const groupKey = (machineId: string, state: string, slot: string): string =>
  `${machineId}: ${state || '(root)'} ${slot}`;

/** The transition objects that were taken, as `<group>[<index>]`. */
export function takenIn(inspection: InspectionEvent): readonly string[] {
  if (inspection.type !== '@xstate.microstep') return [];
  return inspection._transitions.flatMap((transition) => keyOf(transition) ?? []);
}

function keyOf(transition: AnyTransitionDefinition): string | undefined {
  const { source, eventType } = transition;
  const state = source.path.join('.');
  const always = (source.always ?? []).indexOf(transition);
  if (always >= 0) return `${groupKey(source.machine.id, state, 'always')}[${always}]`;
  const index = (source.transitions.get(eventType) ?? []).indexOf(transition);
  return index < 0 ? undefined : `${groupKey(source.machine.id, state, slotOf(eventType))}[${index}]`;
}
