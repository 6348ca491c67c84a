/** What XState keeps on the functions that `and()`, `not()`, `raise()` and the like return; all of it may be absent. */
interface Described {
  readonly type?: unknown;
  readonly params?: unknown;
  readonly guards?: readonly unknown[];
  readonly stateValue?: unknown;
  readonly event?: unknown;
  readonly to?: unknown;
  readonly src?: unknown;
  readonly id?: unknown;
  readonly sendId?: unknown;
  readonly actorRef?: unknown;
}

/** Text of a guard: its name, or what `and`, `or`, `not` and `stateIn` make of names. */
export function guardText(guard: unknown): string {
  const { guards, stateValue } = guard as Described;
  if (typeof guard === 'function' && guards !== undefined) {
    const operands = guards.map((operand) => operandText(operand));
    return guard.name === 'not' ? `not ${operands.join()}` : operands.join(` ${guard.name} `);
  }
  if (typeof guard === 'function' && stateValue !== undefined) return `in ${stateText(stateValue)}`;
  return nameOf(guard);
}

/** Two operands and more need brackets inside another composition. */
function operandText(guard: unknown): string {
  const isCompound = typeof guard === 'function' && ((guard as Described).guards?.length ?? 0) > 1;
  return isCompound ? `(${guardText(guard)})` : guardText(guard);
}

function stateText(value: unknown): string {
  if (typeof value === 'string') return value;
  const parts = Object.entries(value as Record<string, unknown>).map(([key, child]) =>
    typeof child === 'object' && Object.keys(child as object).length === 0
      ? key
      : `${key}.${stateText(child)}`,
  );
  return parts.join(' and ');
}

/** Text of an action: its name, or what a built-in one does and to whom. */
export function actionText(action: unknown): string {
  if (typeof action !== 'function') return nameOf(action);
  const { type, event, to, src, id, sendId, actorRef } = action as Described;
  switch (type) {
    case 'xstate.raise':
      return `raise ${nameOf(event)}`;
    case 'xstate.sendTo':
      return `send ${nameOf(event)} to ${nameOf(to)}`;
    case 'xstate.emit':
      return `emit ${nameOf(event)}`;
    case 'xstate.cancel':
      return `cancel ${nameOf(sendId)}`;
    case 'xstate.spawnChild':
      return `spawn ${typeof src === 'string' ? src : nameOf(id)}`;
    case 'xstate.stopChild':
      return `stop ${nameOf(actorRef)}`;
    case 'xstate.assign':
    case 'xstate.log':
    case 'xstate.enqueueActions':
      return String(type).slice('xstate.'.length);
    default:
      return nameOf(action);
  }
}

/** The timers of `after` are raised on entry and cancelled on exit: XState's doing, not the chart's. */
export function isTimerOfAfter(action: unknown): boolean {
  if (typeof action !== 'function') return false;
  const { type, id, sendId } = action as Described;
  const timer = type === 'xstate.raise' ? id : type === 'xstate.cancel' ? sendId : undefined;
  return typeof timer === 'string' && timer.startsWith('xstate.after.');
}

const UNNAMED = 'inline';
/** Names that JavaScript gives to functions written in place, by the field that they stand in. */
const INFERRED = ['', 'guard', 'actions', 'entry', 'exit'];

function nameOf(thing: unknown): string {
  if (typeof thing === 'string') return thing;
  if (typeof thing === 'function') return INFERRED.includes(thing.name) ? UNNAMED : thing.name;
  const { type, params, id } = (thing ?? {}) as Described;
  if (typeof type === 'string') return type + paramsText(params);
  return typeof id === 'string' ? id : UNNAMED;
}

/** The same guard with other parameters is another condition, so a drawing has to show them. */
function paramsText(params: unknown): string {
  if (typeof params !== 'object' || params === null) return '';
  const entries = Object.entries(params).filter(([, value]) => typeof value !== 'function');
  return entries.length === 0
    ? ''
    : `(${entries.map(([name, value]) => `${name}: ${String(value)}`).join(', ')})`;
}
