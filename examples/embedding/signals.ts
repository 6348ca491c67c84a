import { setTimeout as sleep } from 'node:timers/promises';
import { createCircuitBreaker } from '../../src/index.ts';

const breaker = createCircuitBreaker();
const slow = (signal: AbortSignal) =>
  breaker
    .execute((call) => sleep(60_000, 'done', { signal: call.signal }), { signal })
    .catch((error) => console.log(`${error.cause?.name ?? error.name}: ${breaker.failures} failures`));

// A time-out counts against the service.
await slow(AbortSignal.timeout(10));

// The caller went away: no verdict.
const controller = new AbortController();
const call = slow(controller.signal);
controller.abort();
await call;

// Already aborted: the function is not called.
await slow(controller.signal);
