import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { DURATION_EXPECTED, MAX_DELAY_MS, readDuration } from '../cli/duration.ts';

/** How the RPC fails that is broken on purpose: nobody listens, nobody answers, or HTTP 503. */
const MODES = ['refuse', 'hang', 'unavailable'] as const;

/** The switch of `treasury dev` that breaks its own RPC. */
export interface OutageControl {
  /** Nulls while there is no outage; `endsInMs` is null too for one that lasts until it is lifted. */
  readonly status: { readonly mode: string | null; readonly endsInMs: number | null };
  /** Starts one, in the place of one that is on. */
  begin(mode: (typeof MODES)[number], durationMs: number): Promise<unknown>;
  /** Ends it; does nothing without one. */
  lift(): Promise<unknown>;
}

const milliseconds = z
  .int({ error: 'expected whole milliseconds' })
  .min(1, { error: 'expected at least 1 ms' })
  .max(MAX_DELAY_MS, { error: `expected at most ${MAX_DELAY_MS} ms` });

const duration = z.union(
  [
    milliseconds,
    z.string().transform((text, context) => {
      const ms = readDuration(text);
      if (ms === undefined) context.addIssue({ code: 'custom' });
      return ms ?? z.NEVER;
    }),
  ],
  { error: `expected ${DURATION_EXPECTED}, or as many whole milliseconds` },
);

const outageBody = z
  .strictObject({
    duration: duration.optional(),
    durationMs: milliseconds.optional(),
    mode: z.enum(MODES).default('refuse'),
  })
  .transform(({ duration, durationMs, mode }, context) => {
    if ((duration === undefined) === (durationMs === undefined)) {
      context.addIssue({ code: 'custom', message: 'expected either duration or durationMs' });
    }
    return { mode, durationMs: duration ?? durationMs ?? z.NEVER };
  });

const EXPECTED = '{ "duration": "20s", "mode": "refuse" | "hang" | "unavailable" }, the mode may be left out';

/** `/dev/outage`: GET tells, POST begins one, DELETE lifts it; each answers how it stands then. */
export function addOutageRoutes(app: FastifyInstance, outage: OutageControl): void {
  app.get('/dev/outage', async () => outage.status);

  app.post('/dev/outage', async (request, reply) => {
    const body = outageBody.safeParse(request.body);
    if (!body.success) {
      const problems = body.error.issues.map(({ path, message }) => [...path, message].join(': '));
      return reply.code(400).send({ error: `expected ${EXPECTED}`, problems });
    }
    await outage.begin(body.data.mode, body.data.durationMs);
    return outage.status;
  });

  app.delete('/dev/outage', async () => {
    await outage.lift();
    return outage.status;
  });
}
