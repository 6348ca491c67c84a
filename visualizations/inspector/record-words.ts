import type { FeedRecord, Step, Verdict } from '../../src/inspect/protocol.ts';
import { countdownText, countText, eventText, wordsOf } from './format.ts';

/** How one line of the log ends: a badge for what came to nothing, words for the rest. */
export interface Outcome {
  readonly badge?: Exclude<Verdict, 'taken'> | 'error';
  readonly text: string;
}

/** Has the record to do with something that was refused, ignored or too late? */
export const cameToNothing = (record: FeedRecord): boolean =>
  record.kind === 'rejected' ||
  (record.kind === 'event' && record.verdict !== 'taken' && record.verdict !== 'queued');

/** What the line names as its event. */
export function recordEvent(record: FeedRecord): string {
  switch (record.kind) {
    case 'event':
      return eventText(record.event.type);
    case 'started':
      return 'started';
    case 'ended':
      return 'ended';
    case 'rejected':
      return record.count === 1 ? 'call' : `${countText(record.count)} calls`;
    case 'renamed':
      return 'renamed';
  }
}

export const guardsOf = (steps: readonly Step[]): readonly string[] => steps.flatMap(({ guards }) => guards);

/** What came of it, without the change of state: that is drawn, not told. */
export function outcomeOf(record: FeedRecord): Outcome {
  switch (record.kind) {
    case 'event': {
      if (record.verdict !== 'taken') return { badge: record.verdict, text: record.reason ?? '' };
      return { text: guardsOf(record.steps).map(wordsOf).join(', ') };
    }
    case 'started':
      return { text: record.picture.machine === undefined ? '' : record.picture.machine.id };
    case 'ended':
      return record.status === 'error'
        ? { badge: 'error', text: record.error ?? 'failed' }
        : { text: record.status };
    case 'rejected':
      return { badge: 'refused', text: rejectionText(record.state, record.retryAfterMs) };
    case 'renamed':
      return { text: `now ${record.name}` };
  }
}

export const rejectionText = (state: string, retryAfterMs: number | null): string =>
  retryAfterMs === null
    ? `${state}: not until it is reset`
    : `${state}: next chance in ${countdownText(retryAfterMs)}`;
