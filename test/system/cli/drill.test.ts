import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { DEFAULT_POLICY, resolvePolicy } from '../../../machines/index.ts';
import { runOwnDrill } from '../../../src/cli/drill/own-drill.ts';
import { planPayouts } from '../../../src/cli/drill/payouts.ts';
import type { DrillReport } from '../../../src/cli/drill/report.ts';
import type { StepResult } from '../../../src/cli/drill/steps.ts';
import { devRpc } from '../../../src/dev/dev-rpc.ts';
import { openTreasury, type Treasury } from '../../../src/treasury.ts';
import { objectsOf, startTreasury, treasury } from './treasury.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-drill-test-'));
  await mkdir(join(folder, 'tmp'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What the drill leaves in the place for temporary files. */
const leftovers = (): Promise<readonly string[]> => readdir(join(folder, 'tmp'));

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The command, with a folder for temporary files of its own. When the test ends before, so does it, with its chain. */
function start(...args: readonly string[]) {
  const child = startTreasury(folder, ['drill', '--json', ...args], { TMPDIR: join(folder, 'tmp') });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await closed;
  });
  return child;
}

const chainPidOf = (opening: Record<string, unknown> | undefined): number =>
  Number((opening?.['drill'] as { chainPid?: number } | undefined)?.chainPid);

describe('treasury drill', () => {
  const OPENED = '"name":"open"';

  test('passes, with the evidence of each step, and leaves nothing', async () => {
    const child = start('--open-timeout', '1s');
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    const [opening, ...steps] = objectsOf(stdout);
    const summary = steps.pop();
    expect(stderr).toBe('');
    expect(steps.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(
      ['before', 'break', 'open', 'quiet', 'reopen', 'restore', 'probe', 'closed', 'paid'].map(
        (name) => `${name} ok`,
      ),
    );
    expect(summary).toMatchObject({ summary: { verdict: 'passed', ok: 9, failed: 0, notReached: 0 } });
    expect(child.exitCode).toBe(0);
    expect(steps.map(({ evidence }) => evidence)).toMatchObject([
      { treasury_circuit_breaker_state: 0, 'transactions on the chain': 20 },
      { 'sent and answered before': 7, 'sent, and the reply lost': 3 },
      { treasury_circuit_breaker_state: 1, treasury_circuit_breaker_failures: 5, 'CLOSED -> OPEN': 1 },
      { 'submissions in them': 0, 'transactions that reached the RPC': 0 },
      { 'OPEN -> HALF_OPEN': 1, 'HALF_OPEN -> OPEN': 1 },
      { 'the RPC now': 'eth_chainId: 0x7a69', 'transactions that reached the RPC': 0 },
      { 'submissions while HALF_OPEN': 2, 'out at once, at most': 1 },
      { treasury_circuit_breaker_state: 0, treasury_circuit_breaker_failures: 0 },
      { rows: { finalized: 60 }, 'transactions on the chain': 60, 'faults in the audit': 0 },
    ]);
    expect(isRunning(chainPidOf(opening))).toBe(false);
    expect(await leftovers()).toEqual([]);
    expect(existsSync(join(folder, '.treasury'))).toBe(false);
  });

  test('stopped by SIGINT it has no verdict, and leaves nothing either', async () => {
    const child = start();
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      const isFirst = !stdout.includes(OPENED);
      stdout += chunk;
      if (isFirst && stdout.includes(OPENED)) child.kill('SIGINT');
    });
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(75);
    expect(stderr).toMatch(
      /^treasury: the drill was stopped in step \d of 9 \([^\n]*\): it has no verdict\n$/,
    );
    const [opening, ...steps] = objectsOf(stdout);
    expect(steps.at(-1)).toMatchObject({ verdict: 'stopped' });
    expect(isRunning(chainPidOf(opening))).toBe(false);
    expect(await leftovers()).toEqual([]);
  });

  test('refuses too few payments', async () => {
    const { code, stdout, stderr } = await treasury(folder, ['drill', '--payouts', '26']);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(/^treasury: --payouts must be at least 27, [^\n]*\n$/);
  });
});

describe('a treasury that is broken on purpose', () => {
  type Options = Parameters<typeof runOwnDrill>[0];

  /** Runs a drill in this process, and gives what came of it. `at` is awaited as each step begins. */
  async function drill(
    more: Partial<Options>,
    at: (step: string, chain: string) => Promise<unknown> = async () => {},
  ) {
    const results: StepResult[] = [];
    let chain = '';
    const report: DrillReport = {
      open: async (_lines, fields) => {
        chain = String(fields['chain']);
      },
      begin: (_number, { name }) => at(name, chain),
      end: async (result) => results.push(result),
      remind: async () => {},
      close: async () => {},
    };
    const error = await runOwnDrill({
      report,
      stop: new AbortController().signal,
      policy: resolvePolicy({ openTimeoutMs: 800 }),
      mode: 'unavailable',
      payouts: 60,
      timeoutMs: 60_000,
      version: 'test',
      onServerError: (fault) => expect.unreachable(String(fault)),
      ...more,
    }).catch((thrown: Error) => thrown);
    return { error, results, verdicts: results.map(({ name, verdict }) => `${name} ${verdict}`) };
  }

  test('whose breaker does not open is found, and its payments are looked at all the same', async () => {
    const db = join(folder, 'kept', 'drill.db');
    const { error, verdicts } = await drill({
      db,
      open: (options) => openTreasury({ ...options, policy: { failureThreshold: 1_000_000 } }),
    });
    expect(error).toMatchObject({ name: 'DrillFailedError' });
    expect(String(error)).toMatch(/step 3 of 9 .*: the state at \/api\/breaker is CLOSED, expected OPEN$/);
    expect(verdicts).toEqual([
      'before ok',
      'break ok',
      'open failed',
      'quiet notReached',
      'reopen notReached',
      'restore ok',
      'probe notReached',
      'closed notReached',
      'paid ok',
    ]);
    const audit = await treasury(folder, ['audit', '--check', '--db', db]);
    expect(audit).toMatchObject({ code: 0, stdout: expect.stringMatching(/^60 disbursements, /) });
    const again = await drill({ db });
    expect(again.error).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('is there already, and a drill touches no store'),
    });
  });

  /**
   * Its pages, as somebody else tells them: one success too many, a submission more each time they are read, and always
   * one payment in doubt.
   */
  async function tellLies(own: Treasury): Promise<Treasury> {
    const { url } = own;
    let reads = 0;
    const server = createServer(async (request, reply) => {
      reads += 1;
      const page = await (await fetch(url + request.url)).text();
      reply.end(
        page
          .replace(/^(treasury_circuit_breaker_successes) \d+$/m, '$1 1')
          .replace(/^(treasury_submissions_total\{outcome="success"\}) \d+$/m, `$1 ${reads}`)
          .replace(/^(treasury_executor_unknown_outcomes) \d+$/m, '$1 1'),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return Object.assign(own, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  }

  test('is found by each step for what it does: it lies, sends while OPEN, and pays twice', async () => {
    const [{ destination: payee } = { destination: '' }] = planPayouts(60, DEFAULT_POLICY).batch;
    let rpcUrl = '';
    /**
     * Again and again, until they have reached the chain, which refuses these bytes; with a pause, since a refused
     * connection takes no time, and the treasury lives in this process, too.
     */
    const sendBytes = async () => {
      for (let answer = ''; !answer.includes('eth_sendRawTransaction'); await sleep(20)) {
        answer = await devRpc<string>(rpcUrl, 'eth_sendRawTransaction', ['0x']).catch(String);
      }
    };
    let sending: Promise<void> | undefined;
    const { error, results } = await drill(
      {
        open: async (options) => {
          rpcUrl = options.rpcUrl;
          return tellLies(await openTreasury(options));
        },
      },
      async (step, chain) => {
        if (step === 'quiet') sending = sendBytes();
        if (step !== 'paid') return;
        await sending;
        const [, other] = await devRpc<string[]>(chain, 'eth_accounts', []);
        await devRpc(chain, 'eth_sendTransaction', [{ from: other, to: payee, value: '0x5' }]);
      },
    );
    expect(String(error)).toContain('step 1 of 9');
    const lie = expect.stringMatching(/^treasury_circuit_breaker_successes is 1, /);
    const submissions = expect.stringMatching(
      /^the rise of treasury_submissions_total (while OPEN )?is \d+, /,
    );
    const doubt = expect.stringMatching(/^treasury_executor_unknown_outcomes is 1, expected /);
    const sent = expect.stringMatching(
      /^the number of transactions that reached the RPC is \d+, expected 0$/,
    );
    expect(Object.fromEntries(results.map(({ name, problems }) => [name, problems]))).toEqual({
      before: [lie, lie],
      break: [],
      open: [lie, lie],
      quiet: [submissions, doubt, sent],
      reopen: [lie, lie, submissions],
      restore: [submissions, sent],
      probe: [],
      closed: [lie, lie],
      paid: [expect.stringMatching(new RegExp(`^${payee} has \\d+, 5 more than its rows amount to$`)), doubt],
    });
  });

  test('that cannot even be opened leaves nothing', async () => {
    vi.stubEnv('TMPDIR', join(folder, 'tmp'));
    onTestFinished(() => void vi.unstubAllEnvs());
    const refusal = new Error('it will not open');
    const { error } = await drill({ open: () => Promise.reject(refusal) });
    expect(error).toBe(refusal);
    expect(await leftovers()).toEqual([]);
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });
});
