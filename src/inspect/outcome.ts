import type { AnyMachineSnapshot, EventObject } from 'xstate';
import { activeIds, type KnownActor, noteChange, noteRefusal, type Pending, stateOf } from './known-actor.ts';
import type { EndedRecord, Verdict } from './protocol.ts';
import { isSame, type ShownData } from './shown-data.ts';
import { acceptedEvents, judge, stepView } from './steps.ts';

type EventLine = Pending['record'];

/** An event that a machine has handled. */
export interface Handled {
  readonly record: EventLine;
  readonly event: EventObject;
  /** Name of the sender. */
  readonly by: string | undefined;
  /** The machine afterwards. */
  readonly snapshot: AnyMachineSnapshot;
}

/** Writes into the record, and into what is known of the actor, what came of an event. */
export function tellOutcome(actor: KnownActor, handled: Handled, data: ShownData): void {
  const { record, event, snapshot } = handled;
  const { machine, snapshot: before } = actor;
  if (machine === undefined) return;
  const isFirst = event.type === 'xstate.init' || before === undefined;
  record.steps = actor.steps.map(stepView);
  const { verdict, reason } = isFirst ? TAKEN : verdictOf(actor, before, handled);
  record.verdict = verdict;
  // A result that was turned down is no bookkeeping any more.
  if (verdict === 'refused') delete record.isInternal;
  if (reason !== undefined) record.reason = reason;
  actor.snapshot = snapshot;
  if (!isFirst && before.value !== snapshot.value && !isSame(before.value, snapshot.value)) {
    tellChange(actor, before, handled);
  }
  const cameToNothing = verdict === 'refused' || verdict === 'ignored';
  if (cameToNothing && !record.isInternal && record.change === undefined) {
    noteRefusal(actor, 1, { seq: record.seq, at: record.at, what: record.event.type, reason: reason ?? '' });
  }
  const changed = data.changedContext(machine, before?.context ?? {}, snapshot.context);
  if (changed !== undefined) record.context = changed;
  if (actor.areTimersMoved || event.type.startsWith('xstate.after.') || record.from === actor.id) {
    actor.timers?.note();
    record.timers = data.timers(actor, snapshot);
  }
  actor.areTimersMoved = false;
}

interface Judgement {
  readonly verdict: Verdict;
  readonly reason?: string;
}

const TAKEN: Judgement = { verdict: 'taken' };

function verdictOf(
  { steps, machine }: KnownActor,
  before: AnyMachineSnapshot,
  { record, event, snapshot }: Handled,
): Judgement {
  const isUnhandled = record.steps.every(({ edges }) => edges.length === 0);
  return snapshot.status === 'error' && isUnhandled
    ? { verdict: 'taken', reason: 'no state handles it: the actor dies of it' }
    : judge(steps, event.type, before, machine?.refusals ?? {});
}

function tellChange(actor: KnownActor, before: AnyMachineSnapshot, { record, by, snapshot }: Handled): void {
  const given = actor.emittedReason ?? record.event['reason'];
  const reason = typeof given === 'string' ? { reason: given } : {};
  record.change = {
    from: stateOf(before),
    to: stateOf(snapshot),
    active: activeIds(snapshot),
    accepts: acceptedEvents(snapshot),
    ...reason,
  };
  noteChange(actor, {
    seq: record.seq,
    at: record.at,
    from: record.change.from,
    to: record.change.to,
    event: record.event.type,
    ...(by !== undefined && { by }),
    guards: [...new Set(record.steps.flatMap(({ guards }) => guards))],
    ...reason,
  });
}

/** An event whose receiver was over. */
export function tellDead(actor: KnownActor, record: EventLine, reason: string): void {
  record.verdict = 'dead';
  record.reason = reason;
  noteRefusal(actor, 1, { seq: record.seq, at: record.at, what: record.event.type, reason });
}

/**
 * The events that nobody told the end of before the actor ended: the first may be what it died of, the others found it
 * gone.
 *
 * @param isOpen whether the record may still be written to
 */
export function tellUnhandled(
  actor: KnownActor,
  status: EndedRecord['status'],
  isOpen: (pending: Pending) => boolean,
): void {
  for (const [i, pending] of actor.pending.entries()) {
    if (!isOpen(pending)) continue;
    const { record } = pending;
    if (i === 0 && status === 'error') {
      record.verdict = 'taken';
      record.reason = 'the actor died of it';
      record.steps = actor.steps.map(stepView);
    } else if (!record.isInternal) {
      tellDead(actor, record, 'the actor ended before its turn');
    }
  }
  actor.pending.length = 0;
}
