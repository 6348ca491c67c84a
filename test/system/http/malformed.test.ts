import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Random } from '../../simulation/random.ts';
import { Attackers, type Outcome } from './malformed/attackers.ts';
import { MalformedRequests } from './malformed/requests.ts';
import type { Measured, Question } from './malformed/treasury.ts';

const TOKEN = 'the-control-token-of-this-test';
/** Until code is compiled and caches are full. */
const WARM_UP = 2_000;
const REQUESTS = 8_000;
const BATCH = 500;
const AT_ONCE = 32;

/** Ticks that have to end while a batch is answered: some 25 do, and none where requests stand before them at the store. */
const FEWEST_TICKS = 5;
/**
 * Work between two ticks, in milliseconds of CPU time, which does not depend on what else the machine does: some 15, and
 * 600 where each request takes 50.
 */
const MOST_WORK_MS = 150;
/** Bytes that may stay of a request: some 100 do, the noise of the heap. */
const MOST_KEPT = 512;

/** A treasury in a process of its own, until the test ends. */
async function startTreasury() {
  const folder = await mkdtemp(join(tmpdir(), 'treasury-malformed-'));
  const path = fileURLToPath(new URL('malformed/treasury.ts', import.meta.url));
  const child: ChildProcess = fork(path, [folder, TOKEN], { execArgv: ['--expose-gc'] });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  });
  const died = ended.then(([code, signal]) => {
    throw new Error(`the treasury ended: ${code ?? signal}`);
  });
  const answers: PromiseWithResolvers<Measured>[] = [];
  child.on('message', (measured: Measured) => answers.shift()?.resolve(measured));
  const answer = () => {
    const next = Promise.withResolvers<Measured>();
    answers.push(next);
    return Promise.race([next.promise, died]);
  };
  const { port } = await answer();
  const ask = (question: Question) => {
    // That it cannot be asked any more is what `died` tells.
    child.send(question, () => {});
    return answer();
  };
  return { port, ask };
}

const isRefusal = (status: number): boolean => status >= 400 && status < 500;

/** Answers that are no refusal: it took an order, or failed. */
const wronglyAnswered = (outcomes: readonly Outcome[]) =>
  outcomes
    .filter(({ statuses, request: { goodBefore } }) => {
      const isFine = (status: number, i: number) =>
        isRefusal(status) || (i < goodBefore && (status === 200 || status === 100));
      return !statuses.every(isFine);
    })
    .map(({ request: { kind, bytes }, statuses }) => ({ kind, statuses, bytes: bytes.toString('latin1') }));

test('10,000 malformed requests: no crash, none is obeyed, memory flat, ticks not delayed, nothing stays open', async () => {
  const { port, ask } = await startTreasury();
  const requests = new MalformedRequests(new Random('malformed'), TOKEN);
  const batches: Measured[] = [];
  let fault: unknown;
  // The first batch is the one in which code is compiled.
  const workMs = () => Math.max(...batches.slice(1).map(({ mostWorkMs }) => mostWorkMs));
  const attackers = new Attackers({
    port,
    atOnce: AT_ONCE,
    next: () => requests.next(),
    onEnd: (number) => {
      const note = (measured: Measured) => void batches.push(measured);
      if (number % BATCH === 0) {
        ask('measure').then(note, (error) => {
          fault = error;
        });
      }
      return fault !== undefined || workMs() > MOST_WORK_MS;
    },
  });
  onTestFinished(() => attackers.leave());

  const begun = await ask('measure');
  const warmUp = await attackers.strike(WARM_UP);
  const warm = await ask('collect');
  const outcomes = await attackers.strike(REQUESTS);
  const ended = await ask('collect');

  expect(workMs()).toBeLessThan(MOST_WORK_MS);
  const all = [...warmUp, ...outcomes];
  expect(all).toHaveLength(WARM_UP + REQUESTS);
  expect(wronglyAnswered(all).slice(0, 10)).toEqual([]);
  expect(new Set(all.map(({ request }) => request.kind))).toEqual(new Set(requests.kinds));
  const refused = all.filter(({ statuses }) => isRefusal(statuses.at(-1) ?? 0));
  expect(refused.length).toBeGreaterThan(0.9 * all.length);
  expect(ended).toMatchObject({ faults: [], orders: 0, circuit: 'CLOSED' });

  const keptOfEach = (ended.memory - warm.memory) / REQUESTS;
  const ticks = batches.slice(1).map((batch, i) => batch.ticks - (batches[i]?.ticks ?? 0));
  process.stdout.write(
    `\n${all.length} malformed requests: ${Math.round(keptOfEach)} bytes stay of each; ` +
      `at least ${Math.min(...ticks)} ticks in ${BATCH} requests, at most ${Math.round(workMs())} ms of work between two\n`,
  );
  expect(keptOfEach).toBeLessThan(MOST_KEPT);
  expect(Math.min(...ticks)).toBeGreaterThanOrEqual(FEWEST_TICKS);
  const { sockets, timers } = begun;
  await expect.poll(() => ask('measure'), { timeout: 20_000 }).toMatchObject({ sockets, timers });

  // What was refused ten thousand times is taken from whoever asks rightly.
  const order = await fetch(`http://127.0.0.1:${port}/control/breaker`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: '{"action":"isolate"}',
  });
  expect(order.status).toBe(202);
  const obeyed = { orders: 1, circuit: 'ISOLATED', faults: [] };
  await expect.poll(() => ask('measure'), { timeout: 20_000 }).toMatchObject(obeyed);
});
