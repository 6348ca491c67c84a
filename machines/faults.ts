/**
 * What a chart has to know of an error. Read by structure, not by class, so that the charts depend on no adapter:
 * the error classes of the executor carry these fields.
 */
interface Marked {
  readonly kind?: unknown;
  readonly transient?: unknown;
  readonly verdict?: unknown;
  readonly insufficientFunds?: unknown;
}

const kindOf = (error: unknown): unknown => (error as Marked | undefined)?.kind;

/** The store may not have kept what it was given: nothing may follow. */
export const isStorageFault = (error: unknown): boolean => kindOf(error) === 'storage';

/** Only an operator can mend it: nothing may follow. */
export const isConfigurationFault = (error: unknown): boolean => kindOf(error) === 'configuration';

/** A fault that ends the executor for good. */
export const isFinalFault = (error: unknown): boolean => isStorageFault(error) || isConfigurationFault(error);

/** Another executor has taken over: a write of ours was refused and changed nothing. */
export const isLeaseLost = (error: unknown): boolean => kindOf(error) === 'leaseLost';

/** Expected business reason not to pay. */
export const isCancellation = (error: unknown): boolean => kindOf(error) === 'cancelled';

/** The account cannot pay for it now. */
export const isShortOfFunds = (error: unknown): boolean =>
  isCancellation(error) && (error as Marked).insufficientFunds === true;

/** The signer works and will not sign this row. */
export const isSigningRefusal = (error: unknown): boolean =>
  kindOf(error) === 'signing' && (error as Marked).transient !== true;

/** The node works and will not take this transaction. */
export const isSubmissionRefusal = (error: unknown): boolean =>
  (error as Marked | undefined)?.verdict === 'refused';

/** The node has seen these bytes, or their nonce is used: the chain has to be asked. */
export const isAlreadyKnown = (error: unknown): boolean =>
  (error as Marked | undefined)?.verdict === 'alreadyKnown';
