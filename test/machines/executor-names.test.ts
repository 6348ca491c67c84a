import { describe, expect, it } from 'vitest';
import { treasuryExecutorMachine } from '../../machines/index.ts';
import { invokedSources } from '../../src/testing/internals.ts';

// What others hold on to by name: drawings, the ports that are provided, recorded inspections.

describe("the executor's chart", () => {
  it('keeps its id, which its timed events are named by', () => {
    expect(treasuryExecutorMachine.id).toBe('treasuryExecutor');
    const timed = treasuryExecutorMachine.events.filter((type) => type.startsWith('xstate.after.'));
    expect(timed.toSorted()).toEqual([
      'xstate.after.leaseRenewal.treasuryExecutor.ticking.holding.lease.kept',
      'xstate.after.pollInterval.treasuryExecutor.waiting',
    ]);
  });

  it('asks its ports by their names', () => {
    expect(invokedSources(treasuryExecutorMachine.root)).toEqual([
      'acquireLease',
      'restoreBreaker',
      'renewLease',
      'applyControl',
      'readEpoch',
      'loadInFlight',
      'loadReady',
      'releaseLease',
    ]);
  });
});
