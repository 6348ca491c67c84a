import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { disbursementMachine, treasuryExecutorMachine } from '../../machines/index.ts';
import { EXIT, type ExitCode } from '../../src/cli/exit-codes.ts';
import { leavesOf } from '../paths/leaves.ts';

/** How a process is brought into a state of the charts, and how it has to end there. */
export interface Situation {
  readonly wanted: string;
  /** It is held there first, until the wanted state comes. */
  readonly heldFrom?: string;
  /** A signal in the earlier state leads to the wanted one. */
  readonly isStoppedBefore?: boolean;
  readonly leaseTtlMs?: number;
  readonly pollIntervalMs?: number;
  /** What fails: the store at a read, or the RPC, which refuses access. */
  readonly fault?: 'storage' | 'access';
  /** Another executor takes the lease meanwhile, and keeps it or gives it back. */
  readonly robbery?: 'kept' | 'returned';
  readonly exitCode?: ExitCode;
}

/** Short enough for a renewal to be due while a call is held. Milliseconds. */
const SHORT_LEASE_MS = 300;

/** No further tick while a signal is on its way. Milliseconds. */
const LONG_PAUSE_MS = 3_600_000;

const READING = 'ticking.holding.work.readingEpoch';

/** What a state needs beyond a tick with something to pay. States that are not named here need nothing. */
const WAYS: Readonly<Record<string, readonly Omit<Situation, 'wanted'>[]>> = {
  'ticking.holding.lease.renewing': [{ heldFrom: READING, leaseTtlMs: SHORT_LEASE_MS }],
  'ticking.holding.lease.lost': [
    { heldFrom: READING, leaseTtlMs: SHORT_LEASE_MS, robbery: 'kept' },
    { heldFrom: READING, leaseTtlMs: SHORT_LEASE_MS, robbery: 'returned' },
  ],
  'ticking.holding.work.draining': [{ heldFrom: 'payment.submitting', isStoppedBefore: true }],
  waiting: [{ pollIntervalMs: LONG_PAUSE_MS }],
  releasing: [{ heldFrom: 'waiting', isStoppedBefore: true, pollIntervalMs: LONG_PAUSE_MS }],
  faulted: [
    { fault: 'storage', exitCode: EXIT.storage },
    { fault: 'access', exitCode: EXIT.configuration },
  ],
};

/** Those states of a chart in which it waits for somebody else. */
const invokingLeaves = (machine: AnyStateMachine): readonly string[] =>
  leavesOf(machine).filter((leaf) => {
    const node = leaf.split('.').reduce<AnyStateNode | undefined>((at, key) => at?.states[key], machine.root);
    return node !== undefined && node.invoke.length > 0;
  });

/**
 * One for each state that the executor can rest in, and for each in which a payment waits: read from the charts, so that
 * a new state is asked for by itself.
 */
export const situations = (): readonly Situation[] =>
  [
    ...leavesOf(treasuryExecutorMachine),
    ...invokingLeaves(disbursementMachine).map((leaf) => `payment.${leaf}`),
  ].flatMap((wanted) => (WAYS[wanted] ?? [{}]).map((way) => ({ wanted, ...way })));

/** The state, and what else is the case there. */
export const nameOf = ({ wanted, fault, robbery }: Situation): string => {
  const how = fault ?? (robbery && `lease ${robbery}`);
  return how === undefined ? wanted : `${wanted} (${how})`;
};
