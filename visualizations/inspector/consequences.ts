import { countdownText, plural } from './format.ts';

export type BreakerAction = 'isolate' | 'reset';

/** What the page knows of the breaker when somebody is about to act on it. Absent: not shown, not guessed. */
export interface BreakerSituation {
  readonly state: string;
  readonly failures?: number;
  readonly failureThreshold?: number;
  readonly probesInFlight?: number;
  /** Submissions that the executor has out. */
  readonly submissionsOut?: number;
  /** Milliseconds to the next change by itself. */
  readonly nextChanceMs?: number;
}

/** What the action does in the present state, in sentences for the one who has to confirm it. */
export function consequencesOf(action: BreakerAction, situation: BreakerSituation): readonly string[] {
  return action === 'isolate' ? ofIsolating(situation) : ofResetting(situation);
}

function ofIsolating({
  state,
  submissionsOut,
  probesInFlight,
  nextChanceMs,
}: BreakerSituation): readonly string[] {
  if (state === 'ISOLATED') return ['It is isolated already: nothing changes.'];
  const sentences = ['Nothing is submitted any more until somebody resets it.'];
  const out = submissionsOut ?? probesInFlight ?? 0;
  if (out > 0)
    sentences.push(
      `${plural(out, 'submission')} that ${out === 1 ? 'is' : 'are'} out ${out === 1 ? 'is' : 'are'} still recorded.`,
    );
  if (state === 'OPEN' && nextChanceMs !== undefined) {
    sentences.push(`The probe that is due in ${countdownText(nextChanceMs)} will not take place.`);
  }
  return sentences;
}

function ofResetting({
  state,
  failures,
  failureThreshold,
  probesInFlight,
}: BreakerSituation): readonly string[] {
  const sentences: string[] = [];
  const forgotten =
    failures !== undefined && failures > 0 ? ` and forgets ${plural(failures, 'failure')}` : '';
  if (state === 'CLOSED') {
    sentences.push(
      failures === 0
        ? 'It is closed and counts no failure: only the backoff of its openings starts afresh.'
        : `It stays closed${forgotten}.`,
    );
    return sentences;
  }
  sentences.push(`Closes the breaker at once${forgotten}: payments go out again with the next tick.`);
  if (probesInFlight !== undefined && probesInFlight > 0) {
    sentences.push(
      `What becomes of ${plural(probesInFlight, 'probe')} that ${probesInFlight === 1 ? 'is' : 'are'} out is not counted.`,
    );
  }
  sentences.push(
    failureThreshold === undefined
      ? 'If the RPC is still down, payments will fail until it opens again.'
      : `If the RPC is still down, ${failureThreshold} more ${failureThreshold === 1 ? 'payment' : 'payments'} will fail before it opens again.`,
  );
  return sentences;
}
