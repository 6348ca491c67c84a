import { expect, test } from 'vitest';
import { resolvePolicy } from '../../../machines/index.ts';
import { type ExecutorClient, TargetUnreachableError } from '../../../src/cli/drill/executor-client.ts';
import type { Reading } from '../../../src/cli/drill/reading.ts';
import { runSteps } from '../../../src/cli/drill/steps.ts';
import { targetSteps } from '../../../src/cli/drill/target-steps.ts';
import { TargetWatch } from '../../../src/cli/drill/target-watch.ts';
import { Limits } from '../../../src/cli/drill/until.ts';
import { aReading } from './readings.ts';

const { signal: never } = new AbortController();
const OPENED = { 'CLOSED>OPEN': 1 } as const;
const CLOSED = { ...OPENED, 'OPEN>HALF_OPEN': 2, 'HALF_OPEN>OPEN': 1, 'HALF_OPEN>CLOSED': 1 } as const;

/** `undefined`: it does not answer. */
type Scene = Readonly<Record<string, readonly (Reading | undefined)[]>>;

const tick = (lastTickAt: number, rejections: number, more: Parameters<typeof aReading>[1] = {}): Reading =>
  aReading('OPEN', { lastTickAt, rejections, transitions: OPENED, ...more });

/** What a sound executor shows from the beginning of each step on; the last reading of a step stays. */
const SOUND: Scene = {
  before: [aReading('CLOSED')],
  open: [aReading('CLOSED'), tick(990, 0)],
  quiet: [tick(1_100, 0), tick(1_200, 1), tick(1_300, 2), tick(1_400, 3)],
  closed: [
    tick(1_500, 4),
    tick(2_100, 4, { view: { generation: 2, changedAt: 2_000 } }),
    tick(2_200, 5, { view: { generation: 2, changedAt: 2_000 } }),
    aReading('CLOSED', { transitions: CLOSED, view: { generation: 4 } }),
  ],
  paid: [aReading('CLOSED', { transitions: CLOSED })],
};

/** Runs the steps over what an executor shows, and gives what is wrong with each that is not as it should be. */
async function drill(scene: Scene, unready: readonly string[] = []) {
  let readings: Scene[string] = [];
  const client: ExecutorClient = {
    url: 'http://127.0.0.1:9615',
    read: async () => {
      const [reading, ...others] = readings;
      if (reading === undefined) throw new TargetUnreachableError('it does not answer');
      if (others.length > 0) readings = others;
      return reading;
    },
    unreadyReasons: async () => unready,
  };
  const limits = new Limits(never, 60_000);
  const watch = new TargetWatch(client, limits, { pollMs: 1, unreachableForMs: 5 });
  const policy = resolvePolicy({ openTimeoutMs: 3_000 });
  const results = await runSteps(
    targetSteps({ client, watch, limits, policy, db: undefined }),
    {
      begin: async (_number, { name }) => {
        readings = scene[name] ?? [];
      },
      end: async () => {},
    },
    never,
  );
  return Object.fromEntries(
    results
      .filter(({ verdict }) => verdict !== 'ok')
      .map(({ name, verdict, problems }) => [name, problems.join('\n') || verdict]),
  );
}

const REST = { quiet: 'notReached', closed: 'notReached', paid: 'notReached' };

test('a sound executor passes', async () => expect(await drill(SOUND)).toEqual({}));

test('one that is not ready, or not the one that pays, is not tried', async () => {
  const rest = { open: 'notReached', ...REST };
  expect(await drill(SOUND, ['store: unreachable'])).toEqual({
    before: '/readyz: store: unreachable',
    ...rest,
  });
  expect(await drill({ ...SOUND, before: [aReading('CLOSED', { leaseHeld: 0 })] })).toEqual({
    before: expect.stringContaining('does not hold the lease'),
    ...rest,
  });
  expect(await drill({ ...SOUND, before: [aReading('OPEN')] })).toEqual({
    before: 'the state at /api/breaker is OPEN, expected CLOSED',
    ...rest,
  });
});

test('one that opens late is found: the threshold is what it was started with', async () => {
  const late = { failures: 6, view: { failures: 6 } };
  expect(await drill({ ...SOUND, open: [tick(990, 0, late)] })).toEqual({
    open: 'treasury_circuit_breaker_failures is 6, expected 5',
  });
});

test.each([
  ['does not open', aReading('CLOSED', { failures: 6, view: { failures: 6 } }), 'is CLOSED, expected OPEN'],
  ['is isolated by somebody', aReading('ISOLATED'), 'is ISOLATED, expected OPEN'],
])('one that %s is found', async (_what, reading, problem) => {
  expect(await drill({ ...SOUND, open: [reading] })).toEqual({
    open: expect.stringContaining(problem),
    ...REST,
  });
});

test('one that submits while OPEN is found, in a later OPEN state, too', async () => {
  const more = { submissions: { success: 21, failure: 5, cancelled: 0 } };
  const [first, , third, fourth] = SOUND['quiet'] ?? [];
  if (!first || !third || !fourth) throw new Error('there are four');
  expect(
    await drill({
      ...SOUND,
      quiet: [first, tick(1_200, 1, more), tick(1_300, 2, more), tick(1_400, 3, more)],
    }),
  ).toEqual({
    quiet: 'the rise of treasury_submissions_total while OPEN is 1, expected 0',
  });
  const again = { view: { generation: 2, changedAt: 2_000 } };
  const closed = [tick(2_100, 4, again), tick(2_200, 5, { ...again, ...more }), ...(SOUND['paid'] ?? [])];
  expect(await drill({ ...SOUND, closed })).toEqual({
    closed: 'the rise of treasury_submissions_total while OPEN is 1, expected 0',
  });
});

test('one that somebody resets is found', async () => {
  const reset = aReading('CLOSED', { transitions: { ...OPENED, 'OPEN>CLOSED': 1 } });
  expect(await drill({ ...SOUND, closed: [reset] })).toEqual({
    closed: expect.stringContaining('the number of changes OPEN -> CLOSED is 1, expected 0'),
  });
});

test('one that gives a payment up is found', async () => {
  const disbursements = { queued: 0, staged: 0, submitted: 0, finalized: 19, cancelled: 1, deadLetter: 0 };
  const given = aReading('CLOSED', { transitions: CLOSED, disbursements });
  expect(await drill({ ...SOUND, paid: [given, undefined] })).toEqual({
    paid: expect.stringContaining('status="cancelled"} is 1, and was 0 before the drill'),
  });
});

test('one that vanishes is found', async () => {
  expect(await drill({ ...SOUND, open: [undefined] })).toEqual({
    open: 'it does not answer\nthe state at /api/breaker is CLOSED, expected OPEN',
    ...REST,
  });
});
