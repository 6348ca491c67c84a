import { circuitBreakerMachine } from '../../machines/index.ts';
import { FlatChart } from './flat-chart.ts';
import { slotGates } from './slot-gate.ts';

type Logic = typeof circuitBreakerMachine;

const chart = new FlatChart(circuitBreakerMachine);

/** A chart cannot know that others take slots of it, too: before it decides about one it is told. */
const transition: Logic['transition'] = (snapshot, event, scope) => {
  const gate =
    event.type === 'PERMIT' && snapshot.value === 'HALF_OPEN' ? slotGates.get(scope.self) : undefined;
  if (gate === undefined) return chart.take(snapshot, event, scope);
  scope.defer(() => gate.open());
  // They came first: within this step, so that nothing else is decided between them and this one.
  const upToDate = gate.close().reduce((earlier, unheard) => chart.take(earlier, unheard, scope), snapshot);
  return chart.take(upToDate, event, scope);
};

const getInitialSnapshot: Logic['getInitialSnapshot'] = (...args) => chart.initial(...args);

/** The breaker's chart as the logic of an actor of ours. For everybody else it is the machine itself. */
export const breakerLogic: Logic = Object.create(circuitBreakerMachine, {
  transition: { value: transition },
  getInitialSnapshot: { value: getInitialSnapshot },
});
