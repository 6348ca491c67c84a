/**
 * CPU time that this process spends on some work, in microseconds: its threads together, garbage collection included,
 * children not. Unlike the time on the wall it does not grow when others use the machine.
 */
export async function cpuTime(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
