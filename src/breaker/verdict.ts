import type { ErrorVerdict } from './types.ts';

const isAbort = (error: unknown, signal: AbortSignal): boolean =>
  error === signal.reason || (error instanceof Error && error.name === 'AbortError');

/** An abort by the caller's own signal says nothing about the service; one by a time-out does. */
function defaultVerdict(error: unknown, signal: AbortSignal | undefined): ErrorVerdict {
  if (!signal?.aborted || !isAbort(error, signal)) return 'failure';
  const { reason } = signal;
  return reason instanceof Error && reason.name === 'TimeoutError' ? 'failure' : 'cancelled';
}

const VERDICTS: readonly unknown[] = [
  'failure',
  'cancelled',
  'storageFatal',
  'success',
] satisfies ErrorVerdict[];

/** What a thrown error says. A `classify` that throws or says nothing known is reported, and the error is a failure. */
export function outcomeOf(
  error: unknown,
  signal: AbortSignal | undefined,
  classify: ((error: unknown) => ErrorVerdict) | undefined,
  report: (error: unknown) => void,
): ErrorVerdict {
  if (classify === undefined) return defaultVerdict(error, signal);
  try {
    const verdict = classify(error);
    if (VERDICTS.includes(verdict)) return verdict;
    throw new TypeError(`classify gave ${String(verdict)}`);
  } catch (thrown) {
    report(thrown);
    return 'failure';
  }
}
