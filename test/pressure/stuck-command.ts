import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEV_PRIVATE_KEY } from '../../src/dev/anvil.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { aPayment, startTestChain } from '../support/chain.ts';
import { leftoversAt, openSite, type Site } from './site.ts';
import { type Fate, isSubmission, silentRoutesOf, startStuckRpc } from './stuck-rpc.ts';

export interface StuckResult {
  readonly what: string;
  /** From SIGTERM to the end of the process. Milliseconds. */
  readonly stoppedInMs: number | undefined;
  readonly violations: readonly string[];
}

const LATE_MS = 300;
/** What `stop()` promises at most, and what the end of a process takes beside it. Milliseconds. */
const STOPPED_WITHIN_MS = 30_000 + 5_000;

const HANGS: readonly (readonly [string, (method: string) => Fate, 'start' | 'tick'])[] = [
  ['hangs at submissions', (method) => (isSubmission(method) ? 'never' : 'answered'), 'tick'],
  ['hangs at every call', () => 'never', 'tick'],
  ['hangs at every call from the start', () => 'never', 'start'],
];

/** The shipped command, its times as they are, on an RPC that is slow or hangs for good. */
export async function playStuckRpcs(onProgress: (what: string) => void): Promise<readonly StuckResult[]> {
  const [site, chain] = await Promise.all([openSite(), startTestChain()]);
  const rpc = await startStuckRpc(chain.url, { lateMs: LATE_MS });
  const args = ['run', '--rpc-url', rpc.url, '--key-file', 'key', '--confirmations', '1', '--port', '0'];
  const payees: string[] = [];
  const owe = async () => payees.push(await oweAt(site));
  try {
    await writeFile(join(site.folder, 'key'), `${DEV_PRIVATE_KEY}\n`, { mode: 0o600 });
    const results: StuckResult[] = [];
    for (const [what, fate, from] of HANGS) {
      onProgress(what);
      await owe();
      results.push({ what, ...(await stopWhileItHangs(site, args, rpc, { fate, from })) });
    }
    onProgress('is slow');
    for (let row = 0; row < 5; row += 1) await owe();
    rpc.setFate(() => 'late');
    const live = site.start([...args, '--once']);
    const code = await live.ended;
    const violations = code === 0 ? [] : [`it ended with ${code}: ${live.stderr()}`];
    for (const payee of payees)
      if ((await chain.balanceOf(payee)) !== 1n) violations.push(`${payee} was not paid once`);
    const left = await leftoversAt(site);
    return [
      ...results,
      {
        what: `answers each call after ${LATE_MS} ms`,
        stoppedInMs: undefined,
        violations: [...violations, ...left],
      },
    ];
  } finally {
    rpc.free();
    await rpc.close();
    await chain.stop();
    await site.remove();
  }
}

async function oweAt({ db }: Site): Promise<string> {
  const destination = `0x${randomBytes(20).toString('hex')}`;
  const store = await openSqliteStore(db);
  await store.importDisbursements([aPayment({ destination, amount: 1n })], { now: Date.now() });
  await store.close();
  return destination;
}

async function stopWhileItHangs(
  site: Site,
  args: readonly string[],
  rpc: Awaited<ReturnType<typeof startStuckRpc>>,
  { fate, from }: { readonly fate: (method: string) => Fate; readonly from: 'start' | 'tick' },
): Promise<Omit<StuckResult, 'what'>> {
  const held = rpc.nextHeld();
  if (from === 'start') rpc.setFate(fate);
  const live = site.start(args);
  const violations: string[] = [];
  if (from === 'tick') {
    const url = await live.url();
    rpc.setFate(fate);
    await held;
    violations.push(...(await silentRoutesOf(url)));
  }
  await held;
  const beganAt = performance.now();
  live.process.kill('SIGTERM');
  const code = await live.ended;
  const stoppedInMs = performance.now() - beganAt;
  rpc.free();
  if (code !== 0) violations.push(`it ended with ${code}: ${live.stderr()}`);
  if (stoppedInMs > STOPPED_WITHIN_MS) violations.push(`it took ${stoppedInMs.toFixed(0)} ms to stop`);
  return { stoppedInMs, violations: [...violations, ...(await leftoversAt(site))] };
}
