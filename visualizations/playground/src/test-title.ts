import type { Entry } from './entry.ts';
import { delayText } from './words.ts';

/** More make no name. */
const MOST_CLAUSES = 5;

/** Name of a test by what happens in it: `opens after 5 failures, half-opens after 60 s, opens again when a probe fails`. */
export function testTitle(entries: readonly Entry[]): string {
  const clauses: string[] = [];
  for (const entry of entries) {
    const isChange = entry.before.state !== entry.after.state;
    const clause = isChange ? changeClause(entry) : quietClause(entry);
    // What changes no state is worth saying once.
    if (clause !== undefined && (isChange || !clauses.includes(clause))) clauses.push(clause);
  }
  const shown = clauses.slice(0, MOST_CLAUSES);
  const more = clauses.length - shown.length;
  if (shown.length === 0) return `stays ${entries.at(-1)?.after.state ?? 'CLOSED'}`;
  return more > 0 ? `${shown.join(', ')}, and ${more} more` : shown.join(', ');
}

function quietClause({ after, type, verdict, reason, answer }: Entry): string | undefined {
  if (answer?.type === 'PERMIT_DENIED') return `denies a permit in ${after.state}`;
  if (type === 'FAILURE_AGED' && verdict === 'taken') return 'forgets a failure that is too old';
  if (verdict !== 'refused') return undefined;
  return reason === 'stale generation'
    ? 'takes no outcome of an earlier generation'
    : 'takes no outcome whose permit is not out';
}

function changeClause({ before, after, type }: Entry): string {
  if (type === 'ISOLATE') return `is isolated from ${before.state}`;
  if (type === 'RESET') return `is reset from ${before.state}`;
  if (type === 'PROBE_TIMED_OUT') return 'opens again when a probe times out';
  if (after.state === 'HALF_OPEN') return `half-opens after ${delayText(before.openLengthMs)}`;
  if (after.state === 'CLOSED')
    return `closes after ${counted(before.successes + 1, 'success', 'successes')}`;
  return before.state === 'CLOSED'
    ? `opens after ${counted(after.failures, 'failure', 'failures')}`
    : 'opens again when a probe fails';
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
