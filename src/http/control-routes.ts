import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { createTokenCheck } from '../bearer-token.ts';
import {
  CONTROL_ACTIONS,
  type ControlOrder,
  ControlQueueFullError,
  isReason,
  REASON_EXPECTED,
} from '../breaker-control.ts';

/** Lets whoever has the token give orders to the breaker. */
export interface BreakerControl {
  /** At least 16 printable ASCII characters without spaces. It is compared by its hash, and never shown. */
  readonly token: string;
  /** Stores an order; whoever holds the executor's lease applies it at its next tick. */
  readonly request: (order: ControlOrder) => Promise<{ readonly id: number }>;
}

const controlBody = z.strictObject({
  action: z.enum(CONTROL_ACTIONS, { error: 'expected "isolate" or "reset"' }),
  reason: z
    .string({ error: `expected ${REASON_EXPECTED}` })
    .trim()
    .refine(isReason, { error: `expected ${REASON_EXPECTED}` })
    .optional(),
});

const EXPECTED = '{ "action": "isolate" | "reset", "reason": "..." }, the reason may be left out';

/** `POST /control/breaker`: takes an order and answers 202, since it is applied later and by whoever holds the lease. */
export function addControlRoutes(app: FastifyInstance, { token, request }: BreakerControl): void {
  const isAllowed = createTokenCheck(token);

  app.post('/control/breaker', {
    // Before the body is read: a stranger learns nothing of what is expected.
    onRequest: async ({ headers }, reply) => {
      if (isAllowed(headers.authorization)) return;
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: 'send the control token as "Authorization: Bearer ..."' });
    },
    handler: async (asked, reply) => {
      const body = controlBody.safeParse(asked.body);
      if (!body.success) {
        const problems = body.error.issues.map(({ path, message }) => [...path, message].join(': '));
        return reply.code(400).send({ error: `expected ${EXPECTED}`, problems });
      }
      const { action, reason } = body.data;
      try {
        const { id } = await request({ action, reason: reason || undefined, by: 'http' });
        return reply.code(202).send({ id, action, state: 'pending' });
      } catch (error) {
        if (!(error instanceof ControlQueueFullError)) throw error;
        return reply.code(503).send({ error: error.message });
      }
    },
  });
}
