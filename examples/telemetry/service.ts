import { Registry } from 'prom-client';
import { SimulatedClock } from 'xstate';
import { createCircuitBreaker } from '../../src/index.ts';
import { registerBreakerMetrics } from '../../src/telemetry/index.ts';

const registry = new Registry();
const clock = new SimulatedClock(); // leave the clock out for the real one
const rates = createCircuitBreaker({ name: 'rates', policy: { failureThreshold: 1 }, clock });
const mail = createCircuitBreaker({ name: 'mail', clock });
for (const breaker of [rates, mail]) registerBreakerMetrics(registry, breaker);

rates.recordFailure();
rates.allowRequest();

const page = await registry.metrics(); // what your `/metrics` answers
const lines = page.split('\n').filter((line) => /_(state|rejections_total)\{|"CLOSED",to="OPEN"/.test(line));
console.log(lines.join('\n'));
