import { once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { Random } from '../simulation/random.ts';
import { chainOf, type LiveTreasury } from '../system/cli/live-treasury.ts';
import { planRestart, type Restart } from './plan.ts';
import { bytesReadBy } from './processes.ts';
import { isPortTaken, leftoversAt } from './site.ts';
import { openDevSite, openRunSite, type StormSite } from './storm-site.ts';

/** What came of one restart. */
export interface RestartResult {
  readonly restart: Restart;
  /** That reached a process which was still there. */
  readonly signals: number;
  /** Killed by a signal while nothing was set up. */
  readonly isEndedUnbegun: boolean;
  readonly violations: readonly string[];
}

/** Starts the command, hits it with what is planned, and looks at what it leaves behind. */
export async function play(storm: StormSite, restart: Restart): Promise<RestartResult> {
  const chainBefore = await chainAt(storm);
  await storm.owe();
  const hitting = await begin(storm, restart);
  const { live } = hitting;
  if (hitting.isThere && restart.closes !== undefined) live.process[restart.closes]?.destroy();
  const sent = await sendAll(live, restart.before);
  if (restart.moment === 'hanging') await storm.setHanging(false);
  sent.push(...(await sendAll(live, restart.after)));
  if (restart.isPressed) await press(live);
  const code = await live.ended;
  // Not before: one that hears of a broken connection before it hears the signal ends for that reason.
  if (restart.moment === 'hanging for good' || restart.moment === 'connecting') await storm.setHanging(false);

  const { signalCode } = live.process;
  const isEndedUnbegun =
    signalCode !== null && restart.moment === 'loading' && sent.includes(signalCode) && live.mark() === 0;
  const violations = [
    ...(hitting.isThere ? [] : ['it ended before it came so far']),
    ...(code === 0 || isEndedUnbegun ? [] : [`it ended with ${code ?? signalCode}`]),
    ...(live.stderr() === '' ? [] : [`it said: ${live.stderr()}`]),
    ...(await leftoversAt(storm.site)),
    ...(await portLeftBy(live)),
    ...(chainBefore === undefined || chainBefore === (await chainAt(storm)) ? [] : ['it began a new chain']),
  ];
  return { restart, signals: sent.length, isEndedUnbegun, violations };
}

interface Hitting {
  readonly live: LiveTreasury;
  /** The moment has come; the process has not ended before. */
  readonly isThere: boolean;
}

/** Starts the command, and waits until it is where it is to be hit. */
async function begin(storm: StormSite, { moment, loadedBytes, isInstalled }: Restart): Promise<Hitting> {
  if (moment === 'connecting') await storm.setHanging(true);
  const asked = moment === 'connecting' ? storm.nextCall() : undefined;
  const sending = moment === 'submitting' ? storm.nextCall('eth_sendRawTransaction') : undefined;
  const live = storm.start({ isInstalled });
  const orEnd = (moment: Promise<unknown> | undefined) =>
    Promise.race([moment?.then(() => true), live.ended.then(() => false)]).then((isThere) => isThere ?? true);
  const line = (holds: Parameters<LiveTreasury['line']>[0]) => orEnd(live.line(holds).catch(() => {}));
  if (moment === 'loading') return { live, isThere: await hasRead(live, loadedBytes) };
  if (moment === 'connecting') return { live, isThere: await orEnd(asked) };
  if (moment === 'submitting') return { live, isThere: await orEnd(sending) };
  if (moment === 'serving')
    return { live, isThere: await line(({ msg }) => msg?.startsWith('metrics at ') ?? false) };
  const isTicking = await line(({ progress }) => progress !== undefined);
  if (moment === 'ticking' || !isTicking) return { live, isThere: isTicking };
  await storm.setHanging(true);
  return { live, isThere: await orEnd(storm.nextCall()) };
}

/** Progress, and no time: the same point of its start however busy the machine is. */
async function hasRead(live: LiveTreasury, bytes: number): Promise<boolean> {
  const { process: child } = live;
  if (child.pid === undefined) await once(child, 'spawn');
  while (bytesReadBy(child.pid ?? 0) < bytes && child.exitCode === null && live.mark() === 0) await pause(1);
  return child.exitCode === null;
}

/** Gives those that found somebody. One that is stopped goes on. */
async function sendAll(live: LiveTreasury, signals: readonly NodeJS.Signals[]): Promise<NodeJS.Signals[]> {
  const sent: NodeJS.Signals[] = [];
  for (const signal of signals) {
    for (const each of signal === 'SIGSTOP' ? (['SIGSTOP', 'SIGCONT'] as const) : [signal]) {
      const { exitCode, signalCode } = live.process;
      if (exitCode === null && signalCode === null && live.process.kill(each)) sent.push(each);
    }
    await nextTurn();
  }
  return sent;
}

/** Its last milliseconds are then as busy as all others. */
async function press({ process: child }: LiveTreasury): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await pause(1);
  }
}

/** Which chain is kept, where one is. */
const chainAt = ({ site }: StormSite): Promise<string | undefined> =>
  chainOf(site.folder).then(
    ({ genesisHash }) => genesisHash,
    () => undefined,
  );

/** Its port, if it had come so far as to have one. */
async function portLeftBy(live: LiveTreasury): Promise<readonly string[]> {
  const url = await live.url().catch(() => undefined);
  if (url === undefined) return [];
  const { port } = new URL(url);
  return (await isPortTaken(Number(port))) ? [`port ${port} is taken`] : [];
}

interface StormOptions {
  readonly seed: number;
  readonly restarts: number;
  /** At least so many reach a process. */
  readonly signals: number;
  readonly onProgress?: (played: number) => void;
}

/** Restarts until there were as many of both as are asked for; the treasuries have paid everything once at the end. */
export async function playStorm(options: StormOptions): Promise<{
  readonly results: readonly RestartResult[];
  /** Of the two treasuries as a whole. */
  readonly violations: readonly string[];
}> {
  const run = await openRunSite();
  const dev = await openDevSite();
  const random = new Random(`pressure ${options.seed}`);
  const results: RestartResult[] = [];
  try {
    let sent = 0;
    while (results.length < options.restarts || sent < options.signals) {
      const ordinal = results.length;
      // Those that came too late are made up for by the ones that follow.
      const left = Math.max(1, options.restarts - ordinal);
      const signals = Math.max(1, Math.ceil((options.signals - sent) / left));
      const restart = planRestart({ random: random.fork(ordinal), ordinal, signals });
      const result = await play(restart.command === 'dev' ? dev : run, restart);
      results.push(result);
      sent += result.signals;
      options.onProgress?.(results.length);
    }
    return { results, violations: [...(await run.settle()), ...(await dev.settle())] };
  } finally {
    await run.close();
    await dev.close();
  }
}
