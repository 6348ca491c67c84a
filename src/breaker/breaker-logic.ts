import { circuitBreakerMachine } from '../../machines/index.ts';
import { FlatChart } from './flat-chart.ts';
import { slotGates } from './slot-gate.ts';

type Logic = typeof circuitBreakerMachine;

const chart = new FlatChart(circuitBreakerMachine);

/** A chart cannot know that others take slots of it, too. */
const transition: Logic['transition'] = (snapshot, event, scope) => {
  const gate =
    event.type === 'PERMIT' && snapshot.value === 'HALF_OPEN' ? slotGates.get(scope.self) : undefined;
  if (gate === undefined) return chart.take(snapshot, event, scope);
  const unheard = gate.close();
  if (unheard.length > 0) {
    // They came first. The mailbox takes them, and this one again, before it lets go of the sender.
    scope.defer(() => {
      for (const earlier of [...unheard, event]) scope.self.send(earlier);
    });
    return snapshot;
  }
  scope.defer(() => gate.open());
  return chart.take(snapshot, event, scope);
};

const getInitialSnapshot: Logic['getInitialSnapshot'] = (...args) => chart.initial(...args);

/** The breaker's chart as the logic of an actor of ours. For everybody else it is the machine itself. */
export const breakerLogic: Logic = Object.create(circuitBreakerMachine, {
  transition: { value: transition },
  getInitialSnapshot: { value: getInitialSnapshot },
});
