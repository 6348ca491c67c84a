import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { type ChartState, type ChartTransition, isIgnore } from './chart.ts';
import { actionText, guardText, isTimerOfAfter } from './names.ts';
import { type DelayDefaults, triggerOf } from './trigger.ts';

/** What a chart cannot be read from the machine alone. */
export interface ChartOptions {
  /** What named delays last by default: `{ openTimeout: 60_000 }` is drawn as "after 60 s". Milliseconds. */
  readonly delays?: DelayDefaults;
}

/** Reads any machine into a plain model: no functions, nothing of XState, fit for JSON. */
export function readChart(machine: AnyStateMachine, options: ChartOptions = {}): ChartState {
  return readState(machine.root, options.delays ?? {});
}

/**
 * Stable name of a declared transition: the source's id, the event type (`always` if it has none) and its place among
 * the candidates, without spaces, so that a list of them is a list of words: `[data-edge~="..."]` finds it in a drawing.
 *
 * Takes the definitions that `@xstate.microstep` reports, too.
 *
 * @example `circuitBreaker.CLOSED|FAILURE|1`
 */
export function transitionId(definition: AnyTransitionDefinition): string {
  const { source, eventType } = definition;
  const index = candidates(source, eventType).indexOf(definition);
  return `${source.id}|${eventType || 'always'}|${index}`.replaceAll(/\s/g, '_');
}

const candidates = (node: AnyStateNode, eventType: string): readonly AnyTransitionDefinition[] =>
  (eventType === '' ? node.always : node.transitions.get(eventType)) ?? [];

function readState(node: AnyStateNode, delays: DelayDefaults): ChartState {
  const entry = node.entry.filter((action) => !isTimerOfAfter(action)).map(actionText);
  const exit = node.exit.filter((action) => !isTimerOfAfter(action)).map(actionText);
  const invokes = node.invoke.map(({ id, src }) => ({ id, source: typeof src === 'string' ? src : id }));
  const eventTypes = ['', ...node.transitions.keys()];
  const children = Object.values<AnyStateNode>(node.states);
  const isBusy = entry.length + exit.length + invokes.length + children.length + node.transitions.size > 0;
  return {
    id: node.id,
    key: node.key,
    kind: node.type,
    history: node.history || undefined,
    isTransient: !isBusy && node.always?.at(-1)?.guard === undefined && node.always !== undefined,
    initial: node.type === 'compound' ? (node.initial.target ?? []).map(({ id }) => id) : [],
    entry,
    exit,
    invokes,
    transitions: eventTypes.flatMap((eventType) => readTransitions(node, eventType, delays)),
    states: children.map((child) => readState(child, delays)),
  };
}

function readTransitions(node: AnyStateNode, eventType: string, delays: DelayDefaults): ChartTransition[] {
  const read: ChartTransition[] = [];
  for (const definition of candidates(node, eventType)) {
    const { guard, target, actions, reenter } = definition;
    read.push({
      id: transitionId(definition),
      source: node.id,
      targets: target?.map(({ id }) => id) ?? [],
      trigger: triggerOf(eventType, node, delays),
      eventType,
      guard: guard === undefined ? undefined : guardText(guard),
      isElse: guard === undefined && read.some((earlier) => !isIgnore(earlier)),
      actions: actions.map(actionText),
      reenters: reenter,
    });
  }
  return read;
}
