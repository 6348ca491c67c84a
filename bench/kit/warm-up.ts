import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Works without pauses until so much CPU time is spent: the compiler has seen everything by then. By time and not by
 * count, since a slow load would otherwise be measured cold; what costs 40 us hot costs 260 us then.
 */
export async function warmUp(work: () => Promise<void>, cpuSeconds: number): Promise<void> {
  const before = process.cpuUsage();
  for (;;) {
    await work();
    await nextTurn(); // timers and connections get their turn
    const { user, system } = process.cpuUsage(before);
    if (user + system >= cpuSeconds * 1_000_000) return;
  }
}
