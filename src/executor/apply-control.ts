import type { ExecutorPorts } from './executor-ports.ts';

/**
 * Lets the breaker follow the orders that wait, oldest first.
 *
 * The breaker is told before the store: an executor that dies in between leaves the order waiting, and whoever comes
 * next gives it again, which makes no difference. The other way round the store could call a breaker isolated that
 * goes on admitting.
 */
export async function applyControl(
  { config: { store }, lease, breaker, wallNow }: ExecutorPorts,
  signal: AbortSignal,
): Promise<void> {
  for (const request of await store.pendingControl()) {
    if (signal.aborted) return;
    // Asked first: without the lease the order is another's, and our breaker is not told.
    const held = lease();
    const ours = breaker();
    const from = ours.state;
    ours[request.action](request.reason);
    await store.applyControl(held, request, {
      now: wallNow(),
      from,
      to: ours.state,
      snapshot: ours.toJSON(),
    });
  }
}
