/** An event as a tool sent it: checked for nothing but that it is an object with a type. */
export interface ToolEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The actor that a tool sent an event to. */
export interface ToolTarget {
  readonly machine: string;
  /** The actor's name. */
  readonly actor: string;
}

/**
 * What becomes of an event from outside. A list names the fields that go to the actor with it, texts of at most 1000
 * characters, numbers, booleans and null; all others are left out. A function is called instead, with the event as it
 * came, and the actor is sent nothing: it checks what it takes, and what it throws is told as a refusal.
 */
export type Acceptance = readonly string[] | ((event: ToolEvent, target: ToolTarget) => unknown);

/** Events that the tools may send, by the id of the machine and the type of the event: `{ order: { CANCEL: ['reason'] } }`. */
export type AcceptList = Readonly<Record<string, Readonly<Record<string, Acceptance>>>>;

const LONGEST_TEXT = 1_000;

/** @throws RangeError when it names an event of XState's own: the end of an actor or of a timer cannot come from outside */
export function checkAcceptList(list: AcceptList): void {
  for (const [machine, events] of Object.entries(list)) {
    for (const type of Object.keys(events)) {
      if (!type.startsWith('xstate.')) continue;
      throw new RangeError(`${machine} cannot accept ${JSON.stringify(type)}: it is XState's own event`);
    }
  }
}

/** Own fields only: no machine is called `constructor`. */
export function acceptanceOf(list: AcceptList, machine: string, type: string): Acceptance | undefined {
  const events = Object.hasOwn(list, machine) ? list[machine] : undefined;
  return events !== undefined && Object.hasOwn(events, type) ? events[type] : undefined;
}

/** The event with the fields that are named, where they hold what they may. */
export function onlyFields(event: ToolEvent, names: readonly string[]): ToolEvent {
  const fields = names.filter((name) => isPlain(event[name])).map((name) => [name, event[name]]);
  return { ...Object.fromEntries(fields), type: event.type };
}

const isPlain = (value: unknown): boolean =>
  value === null ||
  typeof value === 'boolean' ||
  typeof value === 'number' ||
  (typeof value === 'string' && value.length <= LONGEST_TEXT);
