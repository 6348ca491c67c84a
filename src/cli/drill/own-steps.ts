import type { Notes, OwnDrill, Run } from './own-look.ts';
import { breakRpc, opens, payBefore, reopen, stayQuiet } from './own-outage.ts';
import { closes, lookAtPayments, probe, restore } from './own-recovery.ts';
import type { DrillStep } from './steps.ts';
import { closingTitle, openingTitle, probingTitle } from './titles.ts';

/** The steps, in their order. */
export function ownSteps(drill: OwnDrill): readonly DrillStep[] {
  const { policy } = drill;
  const notes: Notes = { last: undefined, brokenAt: 0, restoredAt: 0 };
  const step = (name: string, needs: readonly string[], title: string, run: Run): DrillStep => ({
    ...{ name, needs, title },
    run: () => run(drill, notes),
  });
  return [
    step('before', [], 'payments are paid, the breaker is CLOSED', payBefore),
    step('break', ['before'], 'the RPC breaks in the middle of a batch', breakRpc),
    step('open', ['break'], openingTitle(policy), opens),
    step('quiet', ['open'], 'nothing is submitted while it is OPEN', stayQuiet),
    step('reopen', ['open'], 'the next try fails: OPEN again, for the whole time', reopen),
    step('restore', ['break'], 'the RPC answers, but before the time is up nothing is submitted', restore),
    step('probe', ['open', 'restore'], probingTitle(policy), probe),
    step('closed', ['probe'], closingTitle(policy), closes),
    step('paid', ['restore'], 'all is paid, once', lookAtPayments),
  ];
}
