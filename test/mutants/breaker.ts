/** One way to break the breaker, and the tests that have to notice. */
export interface Mutant {
  /** What is broken. */
  readonly title: string;
  /** What it would do to a user. */
  readonly harm: string;
  readonly file: string;
  /** The source as it is. It has to be there exactly once. */
  readonly find: string;
  /** The source as it must never be. */
  readonly replace: string;
  /** Test files, without `test/` and `.test.ts`, of which one at least has to fail. */
  readonly tests: readonly string[];
}

const CHART = 'machines/circuit-breaker.ts';
const SETUP = 'machines/breaker-setup.ts';
const CONTEXT = 'machines/breaker-context.ts';
const FACADE = 'src/breaker/actor-breaker.ts';
const CHART_LOGIC = 'src/breaker/flat-chart.ts';
const SNAPSHOT = 'src/breaker/snapshot.ts';

/**
 * The mutations that matter most, written by hand: where one of these can slip in unseen, the breaker opens too late,
 * never closes again, or lets a storm of calls through. `npm run mutate` makes all the others.
 */
export const BREAKER_MUTANTS: readonly Mutant[] = [
  {
    title: 'the guard of the slots is dropped',
    harm: 'every asker is admitted to a service that is just coming back',
    file: CHART,
    find: `PERMIT: [{ guard: 'hasFreeSlot', actions: ['takeSlot', 'grantPermit'] }, { actions: 'denyPermit' }],`,
    replace: `PERMIT: { actions: ['takeSlot', 'grantPermit'] },`,
    tests: ['breaker/permit-events'],
  },
  {
    title: 'a probe that succeeds does not free its slot',
    harm: 'HALF_OPEN is stuck full until the time-out opens it: it never closes',
    file: CHART,
    find: `{ actions: ['freeSlot', 'countSuccess'] },`,
    replace: `{ actions: ['countSuccess'] },`,
    tests: ['breaker/half-open'],
  },
  {
    title: 'a probe that is cancelled does not free its slot',
    harm: 'one aborted call keeps every other one out of HALF_OPEN, and then counts as a failure',
    file: CHART,
    find: `CANCELLED: [{ guard: 'isStale' }, { actions: 'freeSlot' }],`,
    replace: `CANCELLED: {},`,
    tests: ['breaker/half-open'],
  },
  {
    title: 'the time-out of a probe that was settled goes on',
    harm: 'a probe that succeeded opens the breaker half a minute later',
    file: SETUP,
    find: `      enqueue.cancel(freed.timer);\n`,
    replace: '',
    tests: ['breaker/half-open'],
  },
  {
    title: 'the time-outs of the probes go on when HALF_OPEN is left',
    harm: 'a probe of an earlier era opens a later HALF_OPEN',
    file: SETUP,
    find: `      for (const probe of context.probes) enqueue.cancel(probe.timer);\n`,
    replace: '',
    tests: ['breaker/half-open', 'breaker/isolated'],
  },
  {
    title: 'the generation of an outcome is not checked',
    harm: 'calls that were made before the outage close, or open, the breaker after it',
    file: SETUP,
    find: `'generation' in event && event.generation !== undefined && event.generation !== context.generation`,
    replace: `false`,
    tests: ['breaker/half-open', 'breaker/restore'],
  },
  {
    title: 'the generation does not rise',
    harm: 'the fence of late outcomes stands open',
    file: SETUP,
    find: `const generation = context.generation + 1;`,
    replace: `const generation = context.generation;`,
    tests: ['breaker/half-open'],
  },
  {
    title: 'an outcome counts although its permit is not out',
    harm: 'one probe that is told of twice closes the breaker alone',
    file: SETUP,
    find: `'permit' in event && event.permit !== undefined && slotOf(context, event.permit) === undefined`,
    replace: `false`,
    tests: ['breaker/permit-events'],
  },
  {
    title: 'a permit may be settled twice',
    harm: 'one failing call counts as many',
    file: 'src/breaker/permit.ts',
    find: `    if (settled) return;\n`,
    replace: '',
    tests: ['breaker/closed'],
  },
  {
    title: 'the failure threshold is off by one',
    harm: 'it opens a failure too late',
    file: SETUP,
    find: `context.failures + 1 >= context.policy.failureThreshold`,
    replace: `context.failures >= context.policy.failureThreshold`,
    tests: ['breaker/closed'],
  },
  {
    title: 'a success does not clear the failures',
    harm: 'it opens on failures that are spread over minutes of good service',
    file: CHART,
    find: `SUCCESS: [{ guard: 'isStale' }, { actions: ['stopAgeing', 'clearFailures'] }],`,
    replace: `SUCCESS: {},`,
    tests: ['breaker/closed'],
  },
  {
    title: 'failures do not age',
    harm: 'one failure a week opens it in the end',
    file: CHART,
    find: `{ actions: ['countFailure', 'startAgeing'] },`,
    replace: `{ actions: ['countFailure'] },`,
    tests: ['breaker/closed'],
  },
  {
    title: 'failures go on ageing when CLOSED is left',
    harm: 'timers of an earlier CLOSED take failures from a later one: it opens too late',
    file: CHART,
    find: `      exit: 'stopAgeing',\n`,
    replace: '',
    tests: ['breaker/closed'],
  },
  {
    title: 'the deadline of OPEN is not restored',
    harm: 'a process that is restarted every minute never tries the service again',
    file: CONTEXT,
    find: `openDelayMs: memory?.openLeftMs ?? openLengthMs,`,
    replace: `openDelayMs: openLengthMs,`,
    tests: ['breaker/restore'],
  },
  {
    title: 'the deadline that is restored is not clamped',
    harm: 'a wall clock that was set back keeps it OPEN for hours',
    file: SNAPSHOT,
    find: `clamp((openUntil ?? 0) - wallNow, openLengthMs)`,
    replace: `Math.max(0, (openUntil ?? 0) - wallNow)`,
    tests: ['breaker/restore'],
  },
  {
    title: 'restored failures do not age',
    harm: 'failures from before a restart count for ever',
    file: CHART,
    find: `{ target: 'CLOSED', actions: 'resumeAgeing' },`,
    replace: `{ target: 'CLOSED' },`,
    tests: ['breaker/restore'],
  },
  {
    title: 'a snapshot that cannot be read is CLOSED',
    harm: 'a damaged file sends payments into an outage',
    file: SNAPSHOT,
    find: `    state: 'OPEN',\n    failures: 0,`,
    replace: `    state: 'CLOSED',\n    failures: 0,`,
    tests: ['breaker/garbage'],
  },
  {
    title: 'a recovery does not clear the backoff',
    harm: 'the first failure after a good month opens it for the longest time',
    file: SETUP,
    find: `startAfresh: vocabulary.assign({ failures: 0, openings: 0 }),`,
    replace: `startAfresh: vocabulary.assign({ failures: 0 }),`,
    tests: ['breaker/open'],
  },
  {
    title: 'time does not catch up before an admission',
    harm: 'while the event loop is starved it refuses, or admits, beyond its deadlines',
    file: FACADE,
    find: `    this.#clock.catchUp();\n    return this.#admit(undefined);`,
    replace: `    return this.#admit(undefined);`,
    tests: ['breaker/open', 'breaker/half-open'],
  },
  {
    title: 'a deadline is a moment too late',
    harm: 'a retry after exactly retryAfterMs is refused',
    file: 'src/breaker/deadline-clock.ts',
    find: `next.dueAt <= now;`,
    replace: `next.dueAt < now;`,
    tests: ['breaker/open'],
  },
  {
    title: 'an actor that died still admits',
    harm: 'a breaker that can no longer open lets everything through',
    file: FACADE,
    find: `return !this.#isStopped && this.actor.getSnapshot().status === 'active';`,
    replace: `return !this.#isStopped;`,
    tests: ['breaker/dead-actor'],
  },
  {
    title: 'who asks within an event is admitted',
    harm: 'subscribers are admitted without a slot: more probes than allowed',
    file: FACADE,
    find: `    if (isBusy(this.actor)) return this.#reject();\n`,
    replace: '',
    tests: ['breaker/reentrant'],
  },
  {
    title: 'what the chart says is worked out before it is known whether it is done here',
    harm: 'lots are drawn twice, and the jitter of two breakers with one seed differs',
    file: CHART_LOGIC,
    find: `    if (taken.target !== undefined && parts === undefined) return undefined;\n    if (!plan.addAll(taken.actions)) return undefined;`,
    replace: `    if (!plan.addAll(taken.actions)) return undefined;\n    if (taken.target !== undefined && parts === undefined) return undefined;`,
    tests: ['breaker/flat-chart'],
  },
  {
    title: 'an assignment sees the context from before the one that came before it',
    harm: 'counts that build on each other are lost',
    file: 'src/breaker/transition-plan.ts',
    find: `this.args = argsOf(assigned(assignment, args), args.event, args);`,
    replace: `this.args = argsOf({ ...assigned(assignment, args), ...args.context }, args.event, args);`,
    tests: ['paths/breaker-logic', 'breaker/flat-chart'],
  },
  {
    title: 'a timer that is longer than timers can be is set',
    harm: 'one at the bound rings at once, again and again: the process does nothing else',
    file: 'src/breaker/deadline-clock.ts',
    find: `Math.min(Math.max(0, next.dueAt - now), LONGEST_DELAY_MS)`,
    replace: `Math.max(0, next.dueAt - now)`,
    tests: ['breaker/deadline-clock'],
  },
  {
    title: 'a timer that is left armed does not serve the next deadline',
    harm: 'nothing happens by time any more until somebody asks',
    file: 'src/breaker/deadline-clock.ts',
    find: `      this.#timer.waiting = this;\n`,
    replace: '',
    tests: ['breaker/deadline-clock'],
  },
  {
    title: 'a permit that another thread was faster with is given all the same',
    harm: 'more probes than allowed',
    file: FACADE,
    find: `return isOut || this.#reject();`,
    replace: `return true;`,
    tests: ['breaker/slot-gate'],
  },
  {
    title: 'the gate of a shared breaker is not closed before the chart decides',
    harm: 'two threads are given one slot',
    file: 'src/breaker/breaker-logic.ts',
    find: `event.type === 'PERMIT' && snapshot.value === 'HALF_OPEN' ? slotGates.get(scope.self) : undefined`,
    replace: `undefined as ReturnType<typeof slotGates.get>`,
    tests: ['breaker/slot-gate'],
  },
];
