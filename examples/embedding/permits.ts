import { createCircuitBreaker } from '../../src/index.ts';

const breaker = createCircuitBreaker({ policy: { failureThreshold: 1 } });

const late = breaker.tryAcquire();
const permit = breaker.tryAcquire();
permit?.failure();
permit?.success(); // the first outcome counts
console.log(breaker.state, breaker.tryAcquire());

breaker.reset();
late?.failure(); // of an earlier generation: counts nothing
console.log(breaker.state, breaker.failures);

// Without permits: ask, work, say how it ended.
if (breaker.allowRequest()) breaker.recordFailure();
console.log(breaker.state, breaker.admits);
