import { setTimeout as delay } from 'node:timers/promises';
import { startHeldRpc } from './held-rpc.ts';

/** What becomes of a call: it is answered, answered late, or never answered. */
export type Fate = 'answered' | 'late' | 'never';

/** An endpoint that is slow, or hangs, for some methods or for all. Whoever starts it closes it. */
export async function startStuckRpc(chainUrl: string, { lateMs }: { readonly lateMs: number }) {
  let fateOf: (method: string) => Fate = () => 'answered';
  let freed = Promise.withResolvers<void>();
  const waiting = new Set<() => void>();
  const rpc = await startHeldRpc(chainUrl, {
    holds: 'calls',
    pass: async (method) => {
      const fate = fateOf(method);
      if (fate === 'late') await delay(lateMs);
      if (fate !== 'never') return;
      for (const told of waiting) told();
      waiting.clear();
      await freed.promise;
    },
  });
  return {
    url: rpc.url,
    /** From now on. */
    setFate: (fate: (method: string) => Fate) => {
      fateOf = fate;
    },
    /** Resolves once a call has come that gets no answer. */
    nextHeld: () => new Promise<void>((resolve) => void waiting.add(resolve)),
    /** Everything is answered from now on, what was held too. */
    free: () => {
      fateOf = () => 'answered';
      freed.resolve();
      freed = Promise.withResolvers<void>();
    },
    close: () => rpc.close(),
  };
}

export const isSubmission = (method: string): boolean => method === 'eth_sendRawTransaction';

/** What an operator and a Prometheus ask of a treasury, and how it may answer: it need not be ready to say so. */
const ANSWERS: Readonly<Record<string, readonly number[]>> = {
  '/healthz': [200],
  '/readyz': [200, 503],
  '/metrics': [200],
  '/api/breaker': [200],
};

/** Those that do not answer so. */
export async function silentRoutesOf(url: string): Promise<readonly string[]> {
  const answers = await Promise.all(
    Object.entries(ANSWERS).map(async ([path, good]) => {
      const { status } = await fetch(`${url}${path}`, { headers: { connection: 'close' } });
      return good.includes(status) ? [] : [`${path} answers ${status}`];
    }),
  );
  return answers.flat();
}
