import { SimulatedClock } from 'xstate';
import { createCircuitBreaker } from '../../src/index.ts';

const clock = new SimulatedClock();
const wallNow = () => Date.UTC(2026, 0, 1) + clock.now();
const options = { policy: { failureThreshold: 1 }, clock: Object.assign(clock, { wallNow }) };

const first = createCircuitBreaker(options);
first.recordFailure();
clock.increment(20_000);
const stored = JSON.stringify(first);
first.stop();

// The process is away for 10 s.
clock.increment(10_000);
const second = createCircuitBreaker({ ...options, snapshot: JSON.parse(stored) });
console.log(second.state, second.retryAfterMs);

const third = createCircuitBreaker({ ...options, snapshot: { state: 'unheard of' } });
third.on('error', (error) => console.log((error as Error).message));
console.log(third.state, third.retryAfterMs);
