import { close as closeDebugger, url as debuggerUrl } from 'node:inspector';

/** All that ask a process to end and let it say how: a supervisor, Ctrl-C, a terminal that is closed. */
const STOPS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Free for any use, and of none here. */
const MEANINGLESS = ['SIGUSR1', 'SIGUSR2'] as const;

const asksForDebugger = (options: readonly string[]): boolean =>
  options.some((option) => option.startsWith('--inspect'));

/**
 * Nothing happens at signals that mean nothing here. Left to Node, SIGUSR1 opens a port at which a debugger can have
 * this process pay, and SIGUSR2 ends it with its lease.
 */
export function ignoreMeaninglessSignals(): void {
  for (const signal of MEANINGLESS) process.on(signal, () => {});
  // One that came before, while Node itself started, may have opened that port.
  const wanted = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(' ')];
  if (debuggerUrl() !== undefined && !asksForDebugger(wanted)) closeDebugger();
}

/**
 * Aborts at the first signal that asks for an end. Further ones change nothing: what is out is awaited for a limited
 * time, and to end before that would lose what came of it and keep the lease. Whoever cannot wait has SIGKILL, which is
 * as safe for the money, and in the terminal of `run`, Ctrl-\.
 */
export function stopOnSignal(): AbortController {
  const stop = new AbortController();
  for (const signal of STOPS) process.on(signal, () => stop.abort());
  return stop;
}
