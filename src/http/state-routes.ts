import type { FastifyInstance } from 'fastify';
import type { CircuitBreaker } from '../breaker/types.ts';
import { singleFlight } from '../single-flight.ts';
import type { ServerOptions } from './options.ts';
import { Readiness } from './readiness.ts';

/** What scrapers and probes ask; they come by any name. */
const config = { answersAnyHost: true };

/** The routes that only look: `/metrics`, `/healthz`, `/readyz`, `/api/breaker`. */
export function addStateRoutes(app: FastifyInstance, options: ServerOptions): void {
  const { registry } = options;
  const readiness = new Readiness(options);
  // A page costs a walk over all metrics: who scrapes a thousand times at once gets one page a thousand times.
  const metricsPage = singleFlight(() => registry.metrics());

  app.get('/metrics', { config }, async (_request, reply) =>
    reply.type(registry.contentType).send(await metricsPage()),
  );

  app.get('/healthz', { config }, async () => ({ status: 'ok' }));

  app.get('/readyz', { config }, async (_request, reply) => {
    const reasons = await readiness.reasons();
    if (reasons.length === 0) return { status: 'ready' };
    return reply.code(503).send({ status: 'unavailable', reasons });
  });

  app.get('/api/breaker', async (_request, reply) => {
    const breaker = options.breaker();
    if (breaker === undefined) return reply.code(503).send({ error: 'there is no breaker yet' });
    return viewOf(breaker);
  });
}

/** The fields of the contract. What is `undefined` becomes null here, Infinity becomes null in JSON. */
function viewOf(breaker: CircuitBreaker) {
  const { state, stateCode, failures, successes, generation, retryAfterMs, lastFailureAt, changedAt } =
    breaker;
  return {
    state,
    stateCode,
    failures,
    successes,
    generation,
    retryAfterMs,
    lastFailureAt: lastFailureAt ?? null,
    changedAt: changedAt ?? null,
  };
}
