import type { BreakerOutcome } from './events.ts';
import {
  isAlreadyKnown,
  isCancellation,
  isConfigurationFault,
  isSigningRefusal,
  isSubmissionRefusal,
} from './faults.ts';

/** What the breaker is told when signing failed. No permit is out: of a fault that says nothing it hears nothing. */
export function signingOutcome(error: Error): BreakerOutcome | undefined {
  if (isSigningRefusal(error) || isConfigurationFault(error)) return undefined;
  return isCancellation(error) ? 'CANCELLED' : 'FAILURE';
}

/** What the breaker is told of a submission, by the error that it ended with: the permit that is out needs an end. */
export function submissionOutcome(error: Error | undefined): Exclude<BreakerOutcome, 'STORAGE_FATAL'> {
  if (isConfigurationFault(error) || isCancellation(error) || isSubmissionRefusal(error)) return 'CANCELLED';
  return error === undefined || isAlreadyKnown(error) ? 'SUCCESS' : 'FAILURE';
}
