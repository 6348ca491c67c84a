import { createCircuitBreaker } from '../../src/index.ts';
import { setCircuitBreakerState, treasuryRegistry } from '../../src/telemetry/index.ts';

const breaker = createCircuitBreaker({ policy: { failureThreshold: 1 } });
const push = () => setCircuitBreakerState(breaker.stateCode, breaker.failures, breaker.successes);

push();
breaker.recordFailure();
push(); // an executor's `circuitBreakerTelemetry` takes setCircuitBreakerState as it is
console.log((await treasuryRegistry.metrics()).match(/^treasury\S+ \d+$/gm)?.join('\n'));
breaker.stop();
