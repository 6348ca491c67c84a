import { SimulatedClock } from 'xstate';
import { createCircuitBreaker, isBrokenCircuitError } from '../../src/index.ts';

const clock = new SimulatedClock(); // leave the clock out for the real one
const breaker = createCircuitBreaker({ name: 'rates', policy: { failureThreshold: 2 }, clock });
breaker.on('stateChange', ({ from, to, reason }) => console.log(`  ${from} -> ${to}: ${reason}`));

let isUp = false;
const loadRate = async () => {
  if (!isUp) throw new Error('no route to host');
  return 1.08;
};
const rate = async () => {
  try {
    return await breaker.execute(loadRate);
  } catch (error) {
    if (isBrokenCircuitError(error)) return `refused, try again in ${error.retryAfterMs} ms`;
    return (error as Error).message;
  }
};

for (let call = 1; call <= 3; call += 1) console.log(await rate());
isUp = true;
clock.increment(60_000);
for (let call = 1; call <= 2; call += 1) console.log(await rate());
