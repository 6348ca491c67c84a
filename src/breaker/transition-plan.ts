import type { EventObject } from 'xstate';
import { keepShape } from '../keep-shape.ts';

export type Context = Readonly<Record<string, unknown>>;

/** What the functions of a chart are called with. */
export interface Args {
  readonly context: Context;
  readonly event: EventObject;
  readonly self: unknown;
  readonly system: unknown;
  /** For `enqueueActions` alone. */
  readonly enqueue: unknown;
  readonly check: () => void;
}

type Of<Value> = Value | ((args: Args) => Value);
type Assignment = ((args: Args) => Context) | Readonly<Record<string, Of<unknown>>>;
type Delay = Of<number | undefined>;

/** The delays of a chart by their names. */
export type Delays = Readonly<Record<string, Delay>>;

interface RaiseOptions {
  readonly id?: string | undefined;
  readonly delay?: Delay | string;
}

/** An action of XState, by what it is made of. One that is named, or of another kind, is not known here. */
export type Action =
  | { readonly type: 'xstate.assign'; readonly assignment: Assignment }
  | { readonly type: 'xstate.cancel'; readonly sendId: Of<string> }
  | { readonly type: 'xstate.emit'; readonly event: Of<EventObject> }
  | ({ readonly type: 'xstate.raise'; readonly event: Of<EventObject> } & RaiseOptions)
  | { readonly type: 'xstate.enqueueActions'; readonly collect: (args: Args) => void };

/** A timer that is set or cancelled, an event that is emitted: in XState's terms. */
export type Effect =
  | {
      readonly type: 'xstate.raise';
      readonly params: {
        readonly event: EventObject;
        readonly id: string | undefined;
        readonly delay: number;
      };
    }
  | { readonly type: 'xstate.cancel'; readonly params: { readonly sendId: string } }
  | { readonly type: 'xstate.emit'; readonly params: { readonly event: EventObject } };

const NO_EFFECTS: Effect[] = [];

/**
 * What the actions of one transition come to: a context, timers and announcements. Nothing of it has happened: it can be dropped.
 *
 * What `enqueueActions` queues is added at once. XState does so when all is queued; but a function that queues sees the
 * context from before either way, and what is queued comes one after the other either way.
 */
export class Plan {
  #effects = NO_EFFECTS;
  /** Whether all of it can be done here. */
  #isKnown = true;
  /** What the next function of the chart is called with: in it, the context as the actions so far have made it. */
  args: Args;
  readonly #delays: Delays;

  constructor(delays: Delays, context: Context, event: EventObject, scope: Pick<Args, 'self' | 'system'>) {
    this.#delays = delays;
    this.args = argsOf(context, event, scope);
  }

  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /**
   * @returns false when not all of it can be done here, or when something throws: XState then calls the functions of the
   * chart once more, and says what is wrong
   */
  addAll(actions: readonly Action[]): boolean {
    try {
      for (const action of actions) this.add(action);
    } catch {
      return false;
    }
    return this.#isKnown;
  }

  /** Says that there is something which only XState can do. */
  giveUp(): void {
    this.#isKnown = false;
  }

  add(action: Action): void {
    if (action.type === 'xstate.assign') this.assign(action.assignment);
    else if (action.type === 'xstate.enqueueActions') this.#collect(action.collect);
    else if (action.type === 'xstate.cancel') this.cancel(action.sendId);
    else if (action.type === 'xstate.raise') this.raise(action.event, action);
    else if (action.type === 'xstate.emit') this.emit(action.event);
    else this.giveUp();
  }

  assign(assignment: Assignment): void {
    const { args } = this;
    this.args = argsOf(assigned(assignment, args), args.event, args);
  }

  cancel(sendId: Of<string>): void {
    this.#add({ type: 'xstate.cancel', params: { sendId: resultOf(sendId, this.args) } });
  }

  emit(event: Of<EventObject>): void {
    this.#add({ type: 'xstate.emit', params: { event: resultOf(event, this.args) } });
  }

  raise(event: Of<EventObject>, { id, delay: given }: RaiseOptions = {}): void {
    const delay = resultOf(typeof given === 'string' ? this.#delays[given] : given, this.args);
    // Without a delay it is a step of its own, which XState takes in the same breath.
    if (typeof delay !== 'number') this.giveUp();
    else this.#add({ type: 'xstate.raise', params: { event: resultOf(event, this.args), id, delay } });
  }

  /** Most have one effect or none; and an array that grows takes room for sixteen more. */
  #add(effect: Effect): void {
    if (this.#effects === NO_EFFECTS) this.#effects = [effect];
    else this.#effects.push(effect);
  }

  #collect(collect: (args: Args) => void): void {
    const outer = collecting;
    collecting = this;
    try {
      collect(this.args);
    } finally {
      collecting = outer;
    }
  }
}

const argsOf = (context: Context, event: EventObject, scope: Pick<Args, 'self' | 'system'>): Args => ({
  context,
  event,
  self: scope.self,
  system: scope.system,
  enqueue,
  check: unknown,
});

const resultOf = <Value>(of: Of<Value>, args: Args): Value =>
  typeof of === 'function' ? (of as (args: Args) => Value)(args) : of;

function assigned(assignment: Assignment, args: Args): Context {
  if (typeof assignment === 'function') return { ...args.context, ...assignment(args) };
  const next: Record<string, unknown> = { ...args.context };
  for (const key in assignment) next[key] = resultOf(assignment[key], args);
  return next;
}

/** The plan whose function queues right now: the functions of a chart do not wait for anything. */
let collecting: Plan | undefined;

const unknown = (): void => collecting?.giveUp();

/** One for all plans, since it costs as much as all the rest to make one for each. */
const enqueue = Object.assign((action: Action) => collecting?.add(action), {
  assign: (assignment: Assignment) => collecting?.assign(assignment),
  cancel: (sendId: Of<string>) => collecting?.cancel(sendId),
  raise: (event: Of<EventObject>, options?: RaiseOptions) => collecting?.raise(event, options),
  emit: (event: Of<EventObject>) => collecting?.emit(event),
  sendTo: unknown,
  sendParent: unknown,
  spawnChild: unknown,
  stopChild: unknown,
});

keepShape(new Plan({}, {}, { type: '' }, { self: undefined, system: undefined }));
