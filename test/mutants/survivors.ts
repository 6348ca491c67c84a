/** A mutant that no test can tell from the code, because nobody could. */
export interface Survivor {
  readonly file: string;
  /** The line on which the mutation begins, as it is in the file; without indentation. */
  readonly code: string;
  /** That line as the mutation makes it. */
  readonly becomes: string;
  /** On how many such lines of the file. @defaultValue 1 */
  readonly times?: number;
  /** Why nothing that a user could observe changes. */
  readonly why: string;
}

const GUARDED = 'for the compiler: the guard before this action has seen that there is one';
const ORDERED = 'a payment is at rest until its first order, which sets it anew';

const SHORTCUT = 'a shortcut: without deadlines the loop does nothing, only the clock is read';
const SPARED = 'a shortcut: the clock is read, and what was overdue happens before it would change nothing';
const UNHEARD = 'a shortcut: a refused call is described, and with nobody to hear of it nobody is told';
const RESTORED = 'times of failures in a memory that is not CLOSED: only a restored CLOSED reads them';

const SHARES =
  'a shortcut: calls without a signal, and those of one generation in CLOSED, share what is the same for all';
const AT_THE_END = 'a shortcut: the way to the end of a list that is the same as to any place in it';
const THROWS = 'what is not known throws when it is worked out, and is left to XState then, too';

const BREAKER_SETUP = 'machines/breaker-setup.ts';
const FACADE = 'src/breaker/actor-breaker.ts';
const SNAPSHOT = 'src/breaker/snapshot.ts';
const PAYMENT_SETUP = 'machines/disbursement-setup.ts';
const EXECUTOR_SETUP = 'machines/executor-setup.ts';
const HAS_NONCE = 'for the compiler: a row that is staged, or that the chain was asked about, has a nonce';

/**
 * Every mutant that `npm run mutate` may leave alive. A run fails on one that is missing here, and on one here that was
 * killed; the tests fail when the line of one is no longer in its file.
 */
export const SURVIVORS: readonly Survivor[] = [
  {
    file: 'machines/breaker-context.ts',
    code: "state: 'CLOSED',",
    becomes: 'state: "",',
    why: 'the state that is entered first writes it, before anybody can look',
  },
  {
    file: BREAKER_SETUP,
    code: 'assertEvent(event, OUTCOMES);',
    becomes: ';',
    why: 'for the compiler: the chart uses these only on the four outcomes',
  },
  {
    file: BREAKER_SETUP,
    code: 'for (let age = 0; age < context.failures; age += 1)',
    becomes: 'for (let age = 0; age <= context.failures; age += 1)',
    why: 'cancels one timer more: that of the newest failure that counts no longer, which has fired or was cancelled',
  },
  {
    file: BREAKER_SETUP,
    code: 'const left = context.memory?.failuresLeftMs ?? [];',
    becomes: 'const left = context.memory?.failuresLeftMs ?? ["Stryker was here"];',
    why: 'one failure is forgotten as a new breaker starts, which has none; the count stops at 0',
  },
  {
    file: FACADE,
    code: 'permits += 1;',
    becomes: 'permits -= 1;',
    why: 'the number only makes the ids of permits unique, and it still does',
  },
  {
    file: FACADE,
    code: 'this.#clock.catchUp();',
    becomes: ';',
    why: 'in stop: the snapshot that is taken next reads the state, which catches up; the second time nothing is left to catch up with',
  },
  {
    file: FACADE,
    code: 'if (this.#listeners.hearRejections) {',
    becomes: 'if (true) {',
    why: UNHEARD,
  },
  {
    file: FACADE,
    code: "if (change.from === 'HALF_OPEN' && change.to === 'OPEN') this.#lastFailureAt = this.#changedAt;",
    becomes: "if (true && change.to === 'OPEN') this.#lastFailureAt = this.#changedAt;",
    why: 'the only other way into OPEN is a failure in CLOSED, which sets it in the same event, to the same time',
  },
  {
    file: FACADE,
    code: "if (value === 'CLOSED' && this.#isAlive) {",
    becomes: 'if (false) {',
    why: SHARES,
  },
  {
    file: FACADE,
    code: "if (value === 'CLOSED' && this.#isAlive) {",
    becomes: "if (value === 'CLOSED' && this.#isAlive) {}",
    why: SHARES,
  },
  {
    file: FACADE,
    code: "if (value === 'CLOSED' && this.#isAlive) {",
    becomes: 'if (value === "" && this.#isAlive) {',
    why: SHARES,
  },
  {
    file: FACADE,
    code: 'if (this.#ticket?.generation !== context.generation)',
    becomes: 'if (true)',
    why: SHARES,
  },
  {
    file: FACADE,
    code: 'if (dependsOnTime(type, this.actor.getSnapshot())) this.#clock.catchUp();',
    becomes: 'if (true) this.#clock.catchUp();',
    why: SPARED,
  },
  {
    file: FACADE,
    code: 'if (change !== undefined && change !== this.#change) this.#notice(change);',
    becomes: 'if (true && change !== this.#change) this.#notice(change);',
    why: 'for the compiler: before the first change there is none, and none was noticed',
  },
  {
    file: 'src/breaker/actor-timeline.ts',
    code: '#deadlines: readonly { readonly scheduled: ScheduledEvent; readonly dueAt: number }[] = [];',
    becomes:
      '#deadlines: readonly { readonly scheduled: ScheduledEvent; readonly dueAt: number }[] = ["Stryker was here"];',
    why: 'the constructor notes all deadlines anew, and drops what is no timer of the actor',
  },
  {
    file: 'src/breaker/actor-timeline.ts',
    code: 'if (this.#deadlines.length === 0 || this.isRunning || isBusy(this.#actor)) return;',
    becomes: 'if (false || this.isRunning || isBusy(this.#actor)) return;',
    why: SHORTCUT,
  },
  {
    file: 'src/breaker/deadline-clock.ts',
    code: 'if (this.#deadlines.length === 0 || this.isRunning) return;',
    becomes: 'if (false || this.isRunning) return;',
    why: SHORTCUT,
  },
  {
    file: 'src/breaker/deadline-clock.ts',
    code: 'if (at === this.#deadlines.length) this.#deadlines.push(deadline);',
    becomes: 'if (false) this.#deadlines.push(deadline);',
    why: AT_THE_END,
  },
  {
    file: 'src/breaker/deadline-clock.ts',
    code: 'if (at === this.#deadlines.length - 1) this.#deadlines.pop();',
    becomes: 'if (false) this.#deadlines.pop();',
    why: AT_THE_END,
  },
  {
    file: 'src/breaker/deadline-clock.ts',
    code: 'if (at === this.#deadlines.length - 1) this.#deadlines.pop();',
    becomes: 'if (at === this.#deadlines.length + 1) this.#deadlines.pop();',
    why: AT_THE_END,
  },
  {
    file: 'src/breaker/deadline-clock.ts',
    code: 'this.#arm(this.#base.now());',
    becomes: ';',
    why: 'after the catchUp of its timer, which arms at its end; where that returns at once there is no deadline, or the run that it is within arms',
  },
  {
    file: 'src/breaker/delayed-events.ts',
    code: 'for (let at = deadlines.length - 1; at >= 0; at -= 1) {',
    becomes: 'for (let at = deadlines.length + 1; at >= 0; at -= 1) {',
    why: 'beyond the end there is nothing, which is no delayed event',
  },
  {
    file: 'src/breaker/flat-chart.ts',
    code: 'const known = actions.filter((action) => action !== undefined);',
    becomes: 'const known = actions;',
    why: THROWS,
  },
  {
    file: 'src/breaker/flat-chart.ts',
    code: 'const known = actions.filter((action) => action !== undefined);',
    becomes: 'const known = actions.filter((action) => true);',
    why: THROWS,
  },
  {
    file: 'src/breaker/guarded-call.ts',
    code: 'rejected?.(this.#error);',
    becomes: 'rejected(this.#error);',
    why: 'for the compiler: a promise that is resolved with it passes both functions',
  },
  {
    file: 'src/breaker/guarded-call.ts',
    code: 'result = work(signal === undefined ? NO_SIGNAL : { signal });',
    becomes: 'result = work(false ? NO_SIGNAL : { signal });',
    why: SHARES,
  },
  {
    file: 'src/breaker/guarded-call.ts',
    code: 'const failed = signal === undefined ? ticket.failed : (error: unknown) => ticket.fail(guard, error, signal);',
    becomes: 'const failed = false ? ticket.failed : (error: unknown) => ticket.fail(guard, error, signal);',
    why: SHARES,
  },
  {
    file: 'src/breaker/listeners.ts',
    code: 'for (const listener of [...(this.#sets.rejected ?? [])])',
    becomes: 'for (const listener of [...(this.#sets.rejected ?? ["Stryker was here"])])',
    why: 'it is called when somebody listens, and then there is a set',
  },
  {
    file: 'src/breaker/matters.ts',
    code: `return value !== 'CLOSED' || type !== 'SUCCESS';`,
    becomes: `return true;`,
    why: SPARED,
  },
  {
    file: 'src/breaker/matters.ts',
    code: `return value !== 'CLOSED' || type !== 'SUCCESS';`,
    becomes: `return value !== "" || type !== 'SUCCESS';`,
    why: SPARED,
  },
  {
    file: 'src/breaker/matters.ts',
    code: `return value !== 'CLOSED' || type !== 'SUCCESS';`,
    becomes: `return value !== 'CLOSED' || type !== "";`,
    why: SPARED,
  },
  {
    file: 'src/breaker/transition-plan.ts',
    code: '} finally {',
    becomes: '} finally {}',
    why: 'what is collected next begins with a plan of its own; what is queued when nobody collects goes to a plan that is done with',
  },
  {
    file: 'src/breaker/listeners.ts',
    code: 'return (this.#sets.rejected?.size ?? 0) > 0;',
    becomes: 'return true;',
    why: UNHEARD,
  },
  {
    file: 'src/breaker/listeners.ts',
    code: 'return (this.#sets.rejected?.size ?? 0) > 0;',
    becomes: 'return (this.#sets.rejected?.size ?? 0) >= 0;',
    why: UNHEARD,
  },
  {
    file: 'src/breaker/registry.ts',
    code: 'this.#letGo.delete(key);',
    becomes: ';',
    why: 'the reference that stays leads to the very breaker that is kept; it is written over when that is let go again',
  },
  {
    file: SNAPSHOT,
    code: "if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`${name} is no number`);",
    becomes: 'if (false || !Number.isFinite(value)) throw new TypeError(`${name} is no number`);',
    why: 'Number.isFinite, next to it, refuses the same',
  },
  {
    file: SNAPSHOT,
    code: "state === 'CLOSED'",
    becomes: 'true',
    why: RESTORED,
  },
  {
    file: SNAPSHOT,
    code: ': [],',
    becomes: ': ["Stryker was here"],',
    why: RESTORED,
  },
  {
    file: SNAPSHOT,
    code: 'failuresLeftMs: [],',
    becomes: 'failuresLeftMs: ["Stryker was here"],',
    why: RESTORED,
  },
  { file: PAYMENT_SETUP, code: "order: { type: 'SETTLE' },", becomes: 'order: { type: "" },', why: ORDERED },
  { file: PAYMENT_SETUP, code: "order: { type: 'SETTLE' },", becomes: 'order: {},', why: ORDERED },
  {
    file: PAYMENT_SETUP,
    code: 'isUnknownToChain: false,',
    becomes: 'isUnknownToChain: true,',
    why: ORDERED,
  },
  { file: PAYMENT_SETUP, code: 'isOverdue: false,', becomes: 'isOverdue: true,', why: ORDERED },
  { file: PAYMENT_SETUP, code: 'needsFill: false,', becomes: 'needsFill: true,', why: ORDERED },
  {
    file: PAYMENT_SETUP,
    code: "(verdict(event).status === 'reverted' || verdict(event).status === 'replaced') &&",
    becomes: '(true) &&',
    why: 'what is executed so deep was taken before, and what is neither has no depth',
  },
  {
    file: PAYMENT_SETUP,
    code: "verdict(event).status === 'replaced' && verdict(event).confirmations >= context.confirmations,",
    becomes: 'true && verdict(event).confirmations >= context.confirmations,',
    why: 'asked last: what is executed or reverted so deep was taken before, and the others have no depth',
  },
  {
    file: PAYMENT_SETUP,
    code: 'change: { to: row.status, reason: null },',
    becomes: 'change: {},',
    why: 'nothing is recorded before a change is planned',
  },
  {
    file: PAYMENT_SETUP,
    code: 'return (isGivenUp(context.row, context) ? context.row.reason : attemptError(event)?.message) ?? null;',
    becomes:
      'return (isGivenUp(context.row, context) ? context.row.reason : attemptError(event).message) ?? null;',
    why: 'for the compiler: it is asked about attempts that failed, which have an error',
  },
  {
    file: PAYMENT_SETUP,
    code: 'if (output.permit === undefined) return {};',
    becomes: 'if (false) return {};',
    why: GUARDED,
  },
  {
    file: EXECUTOR_SETUP,
    code: 'if (row === undefined) return;',
    becomes: 'if (false) return;',
    times: 2,
    why: GUARDED,
  },
  {
    file: EXECUTOR_SETUP,
    code: 'if (next === undefined) return;',
    becomes: 'if (false) return;',
    why: GUARDED,
  },
  {
    file: EXECUTOR_SETUP,
    code: 'if (first === undefined) return;',
    becomes: 'if (false) return;',
    why: GUARDED,
  },
  {
    file: EXECUTOR_SETUP,
    code: 'const at = line.findLastIndex(({ nonce }) => nonce < item.nonce) + 1;',
    becomes: 'const at = line.findLastIndex(({ nonce }) => nonce <= item.nonce) + 1;',
    why: 'a nonce belongs to one row, so that no two in the line are the same',
  },
  {
    file: EXECUTOR_SETUP,
    code: 'error: `circuit_breaker_open state=${context.breaker?.state}`,',
    becomes: 'error: `circuit_breaker_open state=${context.breaker.state}`,',
    why: 'for the compiler: work begins when the breaker was restored',
  },
  {
    file: EXECUTOR_SETUP,
    code: 'isToSubmit && nonce !== undefined',
    becomes: 'isToSubmit && true',
    why: HAS_NONCE,
  },
  {
    file: EXECUTOR_SETUP,
    code: 'isToBump && nonce !== undefined ? insertByNonce(context.toBump, { id, nonce }) : context.toBump,',
    becomes: 'isToBump && true ? insertByNonce(context.toBump, { id, nonce }) : context.toBump,',
    why: HAS_NONCE,
  },
  {
    file: EXECUTOR_SETUP,
    code: 'if (breaker?.state !== undefined) enqueue.sendTo(breaker.actor, event.outcome);',
    becomes: 'if (breaker.state !== undefined) enqueue.sendTo(breaker.actor, event.outcome);',
    why: 'for the compiler: a payment is out only when the breaker was restored',
  },
];
