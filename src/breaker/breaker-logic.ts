import { circuitBreakerMachine } from '../../machines/index.ts';
import { internalTransitions } from './internal-transitions.ts';
import { slotGates } from './slot-gate.ts';

type Logic = typeof circuitBreakerMachine;
type Transition = Logic['transition'];
type Snapshot = ReturnType<Transition>;

const takeInternal = internalTransitions(circuitBreakerMachine);

const take: Transition = (snapshot, event, scope) =>
  takeInternal(snapshot, event, scope) ?? lean(circuitBreakerMachine.transition(snapshot, event, scope));

/** What is the same in the snapshots of all breakers that are in one state: nobody changes it in place. */
const shared = new Map<unknown, Partial<Snapshot>>();

/** A snapshot without its own copies of that: 0.4 of the 4 kB of a breaker. */
function lean(snapshot: Snapshot): Snapshot {
  const { value, tags, _nodes, children, historyValue } = snapshot;
  const parts = shared.get(value);
  if (parts === undefined) shared.set(value, { tags, _nodes, children, historyValue });
  return { ...snapshot, ...parts } as Snapshot;
}

/** The chart as the logic of an actor of ours, around it what a chart cannot know: that others take slots, too. */
const transition: Transition = (snapshot, event, scope) => {
  const gate =
    event.type === 'PERMIT' && snapshot.value === 'HALF_OPEN' ? slotGates.get(scope.self) : undefined;
  if (gate === undefined) return take(snapshot, event, scope);
  const unheard = gate.close();
  if (unheard.length > 0) {
    // They came first. The mailbox takes them, and this one again, before it lets go of the sender.
    scope.defer(() => {
      for (const earlier of [...unheard, event]) scope.self.send(earlier);
    });
    return snapshot;
  }
  scope.defer(() => gate.open());
  return take(snapshot, event, scope);
};

export const breakerLogic: Logic = Object.create(circuitBreakerMachine, {
  transition: { value: transition },
  getInitialSnapshot: {
    value: (...args: Parameters<Logic['getInitialSnapshot']>) =>
      lean(circuitBreakerMachine.getInitialSnapshot(...args)),
  },
});
