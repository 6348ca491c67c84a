import type { ExecutorContext, LeaseToken } from './executor-context.ts';

interface From {
  readonly context: ExecutorContext;
}

/** Inputs of the actors that an executor invokes, by name, so that the chart shows no code. */
export const leaseInput = ({ context }: From): LeaseToken | undefined => context.lease;

/** How many new rows this tick may take. */
export const readyInput = ({ context }: From): number => context.settings.batchSize;
