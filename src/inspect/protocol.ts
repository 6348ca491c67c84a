// What the inspector's server tells its page. Types only: both sides are compiled against them.

/** A value that passed the allow-list. What did not pass is not there; what was cut says so in a string of its own. */
export type Shown = null | boolean | number | string | readonly Shown[] | { readonly [key: string]: Shown };

/** Fields of a context or an event, by name. */
export type ShownFields = { readonly [key: string]: Shown };

/** A state as XState tells it: `'OPEN'`, or nested, `{ ticking: { holding: { lease: 'kept' } } }`. */
export type ShownValue = string | { readonly [key: string]: ShownValue };

/** A delayed event that is under way. */
export interface RunningTimer {
  /** Type of the event that it ends with; `xstate.after.<delay>.<state id>` for `after`. */
  readonly event: string;
  /** Ids of the transitions that it may take ({@link Step.edges}); empty for a delayed `raise`. */
  readonly edges: readonly string[];
  /** Key of the state that it leads to, where that is certain. */
  readonly target?: string;
  /** How long it lasts as a whole, and what was left of it when this was written. Milliseconds. */
  readonly delayMs: number;
  readonly leftMs: number;
}

/** What came of an event. */
export type Verdict =
  /** It did something. */
  | 'taken'
  /** The state hears it and does nothing, or does not know it. */
  | 'ignored'
  /** A guard or an action said no: a stale generation, a denied permit. */
  | 'refused'
  /** The actor had ended. */
  | 'dead'
  /** Not handled yet: the actor is not started. */
  | 'queued';

/** One microstep of a machine: the event itself, then each `always` that followed. */
export interface Step {
  /** Ids of the transitions that were taken; in the drawing they are the words of `data-edge`. */
  readonly edges: readonly string[];
  /** Names of their guards. */
  readonly guards: readonly string[];
  /** Names of the actions that the transitions, the states left and those entered name, in their order. */
  readonly actions: readonly string[];
}

/** One line of the log. */
export type FeedRecord = EventRecord | StartedRecord | EndedRecord | RejectedRecord | ActorChangedRecord;

interface RecordBase {
  /** Rises by one with each record; gaps are records that the history has dropped. */
  readonly seq: number;
  /** Epoch milliseconds of the server. */
  readonly at: number;
  /** Id of the actor that it is about. */
  readonly actor: string;
  /** XState's own bookkeeping, hidden unless asked for: promises and their results, `xstate.init`. */
  readonly isInternal?: boolean;
}

/** An actor was sent an event. */
export interface EventRecord extends RecordBase {
  readonly kind: 'event';
  /** Id of the sending actor; absent when it came from outside every actor. The actor itself for its own timers. */
  readonly from?: string;
  readonly event: { readonly type: string } & ShownFields;
  readonly verdict: Verdict;
  /** Why it came to nothing, for people: `stale generation`, `permit denied`, `OPEN ignores it`. */
  readonly reason?: string;
  readonly steps: readonly Step[];
  /** Present when the event changed the state. */
  readonly change?: StateChangeView;
  /** Fields of the context that changed, with their new values; `null` also for one that is gone. */
  readonly context?: ShownFields;
  /** All timers of the actor after the event; absent when none was started, ended or cancelled. */
  readonly timers?: readonly RunningTimer[];
}

export interface StateChangeView {
  readonly from: ShownValue;
  readonly to: ShownValue;
  /** Ids of all states that are active now, the root's among them; in the drawing `data-state`. */
  readonly active: readonly string[];
  /** Types of the events that it would do something with now. */
  readonly accepts: readonly string[];
  /** What the chart emitted as `reason` with the change, or what the event carried as that. */
  readonly reason?: string;
}

/** An actor appeared; its picture is as of this record. */
export interface StartedRecord extends RecordBase {
  readonly kind: 'started';
  readonly picture: ActorPicture;
}

/** An actor is over. */
export interface EndedRecord extends RecordBase {
  readonly kind: 'ended';
  readonly status: 'done' | 'error' | 'stopped';
  /** Message of the error. */
  readonly error?: string;
}

/** Calls that a breaker's facade refused without an event, together for a fraction of a second. */
export interface RejectedRecord extends RecordBase {
  readonly kind: 'rejected';
  readonly count: number;
  readonly state: string;
  /** Milliseconds to the next chance; `null`: not by itself. */
  readonly retryAfterMs: number | null;
}

/** An actor was given another name. */
export interface ActorChangedRecord extends RecordBase {
  readonly kind: 'renamed';
  readonly name: string;
}

/** Everything that is known of an actor now. */
export interface ActorPicture {
  readonly id: string;
  /** For people, and for links: stays the same when the actor is replaced (`breaker`, `payment:INV-7`). */
  readonly name: string;
  /** Id of the actor that started it; absent for the root of a system. */
  readonly parent?: string;
  /** Number of its actor system: the breaker and the executor are roots of two. */
  readonly system: number;
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly error?: string;
  /** Machines only; promises and callbacks have no chart. */
  readonly machine?: MachinePicture;
}

export interface MachinePicture {
  /** The machine's id. */
  readonly id: string;
  /** Title of its tab: actors with the same one share it. */
  readonly title: string;
  /** Names the drawing: `GET <base>/charts/<chart>`. */
  readonly chart: string;
  readonly value: ShownValue;
  readonly active: readonly string[];
  readonly context: ShownFields;
  /** How many fields of the context the allow-list holds back. */
  readonly hiddenFields: number;
  readonly timers: readonly RunningTimer[];
  /** Types of the events that it would do something with now. */
  readonly accepts: readonly string[];
  /** When it came into its present state, and by what; the last changes before that, newest first. */
  readonly changes: readonly PastChange[];
  /** Events that came to nothing, and calls refused, since the present state began. */
  readonly refused: RefusedView;
}

/** A change of state that the picture remembers longer than the history does. */
export interface PastChange {
  readonly seq: number;
  readonly at: number;
  readonly from: ShownValue;
  readonly to: ShownValue;
  readonly event: string;
  /** Name of the sender; absent: from outside. */
  readonly by?: string;
  /** Each once, however often it said yes on the way. */
  readonly guards: readonly string[];
  /** What the event carried as `reason`, or what the chart emitted as `reason`. */
  readonly reason?: string;
}

export interface RefusedView {
  readonly count: number;
  readonly last?: {
    readonly seq: number;
    readonly at: number;
    readonly what: string;
    readonly reason: string;
  };
}

/**
 * First frame of every connection, and again for one that could not keep up. What is kept of the history follows in
 * batches: records up to `upTo` are for the log only, the pictures know them already.
 */
export interface Hello {
  /** Another one: the server was started anew, and numbers begin again. */
  readonly instance: string;
  /** The server's clock, epoch milliseconds. */
  readonly now: number;
  /** Pictures as they are after record `upTo`. */
  readonly actors: readonly ActorPicture[];
  readonly upTo: number;
  /** Records behind the last one that the client has, which are not kept any more. */
  readonly dropped: number;
}

/** Every later frame. */
export interface Batch {
  readonly now: number;
  readonly records: readonly FeedRecord[];
}

/** `GET <base>/charts/<chart>`. */
export interface ChartPicture {
  readonly chart: string;
  /** An `<svg class="chart">`: states are `[data-state]`, transitions `[data-edge~=]`. */
  readonly svg: string;
}

/** `GET <base>/disbursements` */
export interface DisbursementsView {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly counts: { readonly [status: string]: number };
  /** Staged and submitted ones, by nonce; not more than a page shows. */
  readonly inFlight: readonly DisbursementView[];
  readonly inFlightTotal: number;
}

/** One disbursement; also the answer of `GET <base>/disbursements/<id>`. */
export interface DisbursementView {
  readonly id: string;
  readonly destination: string;
  /** Base units, decimal. */
  readonly amount: string;
  readonly status: string;
  readonly nonce: number | null;
  readonly txHash: string | null;
  readonly attempts: number;
  readonly reason: string | null;
}

/** What the page is told by its own HTML, in `<meta name="inspector" content="...">`. */
export interface PageConfig {
  /** Path that everything is beneath, such as `/inspect`. */
  readonly base: string;
  readonly title: string;
  /** The feed asks for a token. */
  readonly needsToken: boolean;
  readonly hasDisbursements: boolean;
  /** Takes `{ action: 'isolate' | 'reset', reason? }` with the token; absent: nobody may. */
  readonly breakerControl?: string;
  /** The switch of `treasury dev` that breaks the RPC: GET, POST `{ duration, mode }`, DELETE. */
  readonly outageControl?: string;
}
