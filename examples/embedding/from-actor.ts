import { createActor, SimulatedClock, setup, spawnChild } from 'xstate';
import { circuitBreakerMachine } from '../../machines/index.ts';
import { fromActor } from '../../src/index.ts';

const serviceMachine = setup({ actors: { breaker: circuitBreakerMachine } }).createMachine({
  entry: spawnChild('breaker', {
    id: 'breaker',
    systemId: 'ratesBreaker',
    input: { name: 'rates', policy: { failureThreshold: 1 } },
  }),
});

const clock = new SimulatedClock();
const service = createActor(serviceMachine, { clock }).start();
const breaker = fromActor(service.system.get('ratesBreaker'));

await breaker.execute(() => Promise.reject(new Error('down'))).catch(() => {});
console.log(breaker.state, breaker.retryAfterMs);
await breaker.execute(() => 'called').catch((error) => console.log(error.message, '|', error.cause.message));
