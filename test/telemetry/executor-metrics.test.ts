import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gauge, type Histogram, Registry } from 'prom-client';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import {
  CancelledError,
  type CircuitBreaker,
  createCircuitBreaker,
  createTreasuryExecutor,
  DISBURSEMENT_STATUSES,
  type Disbursement,
  type TreasuryExecutorConfig,
} from '../../src/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import {
  createTelemetry,
  type ExecutorMetricsOptions,
  registerBreakerMetrics,
  registerExecutorMetrics,
  type ShownExecutor,
} from '../../src/telemetry/index.ts';
import { TestClock } from '../support/breaker.ts';
import { scrape } from './scrape.ts';

const buildInfo = `treasury_build_info{version="${packageJson.version}"}`;

/** A real executor over a real store; its chain takes whatever it is given, in the same moment. */
const anExecutor = async (config: Partial<TreasuryExecutorConfig> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'treasury-telemetry-'));
  const store = await openSqliteStore(join(folder, 'treasury.db'));
  const clock = new TestClock();
  const breaker = createCircuitBreaker({ clock, policy: { failureThreshold: 1 } });
  const executor = createTreasuryExecutor({
    identity: 'test',
    store,
    clock,
    circuitBreaker: breaker,
    epochSource: () => 0,
    signer: async ({ id }, { nonce }) => ({ disbursementId: id, nonce, txHash: `0x${nonce}`, rawTx: '0x02' }),
    submitter: async ({ txHash }) => txHash,
    lookup: async () => ({ status: 'pending', confirmations: 0 }),
    ...config,
  });
  onTestFinished(async () => {
    await executor.stop();
    breaker.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const queue = (...rows: (Partial<Disbursement> & { readonly id: string })[]) =>
    store.importDisbursements(
      rows.map((row) => ({
        destination: `0x${'ab'.repeat(20)}`,
        amount: 5n,
        memo: '',
        scheduledEpoch: 0,
        dependsOn: [],
        ...row,
      })),
      { now: clock.wallNow() },
    );
  return { executor, breaker, store, clock, queue };
};

/** On a registry of its own; the result reads one value of its page. */
const shown = (executor: ShownExecutor, options?: ExecutorMetricsOptions) => {
  const registry = new Registry();
  const unregister = registerExecutorMetrics(registry, executor, options);
  const page = () => scrape(registry);
  return { registry, unregister, page, value: async (metric: string) => (await page()).get(metric) };
};

test('everything is there from the start, at 0 or absent', async () => {
  const { executor } = await anExecutor();
  const page = Object.fromEntries(await shown(executor).page());
  const buckets = Object.keys(page).filter((name) => name.includes('_bucket{'));
  for (const name of buckets) {
    expect(page[name]).toBe(0);
    delete page[name];
  }
  expect(buckets.length).toBeGreaterThan(20);
  const byStatus = (name: string) =>
    Object.fromEntries(DISBURSEMENT_STATUSES.map((status) => [`${name}{status="${status}"}`, 0]));
  expect(page).toEqual({
    treasury_executor_lease_held: 0,
    treasury_executor_staged_intents: 0,
    treasury_executor_unknown_outcomes: 0,
    'treasury_submissions_total{outcome="success"}': 0,
    'treasury_submissions_total{outcome="failure"}': 0,
    'treasury_submissions_total{outcome="cancelled"}': 0,
    treasury_submit_duration_seconds_sum: 0,
    treasury_submit_duration_seconds_count: 0,
    treasury_executor_tick_duration_seconds_sum: 0,
    treasury_executor_tick_duration_seconds_count: 0,
    'treasury_telemetry_errors_total{source="callback"}': 0,
    'treasury_telemetry_errors_total{source="collector"}': 0,
    ...byStatus('treasury_disbursements'),
    ...byStatus('treasury_disbursements_base_units'),
    [buildInfo]: 1,
  });
});

test('the executor is read at each scrape', async () => {
  const { executor, queue, clock } = await anExecutor();
  const { page } = shown(executor);
  await queue({ id: 'a', amount: 2n ** 64n }, { id: 'b' }, { id: 'later', scheduledEpoch: 9 });
  const importedAt = clock.wallNow();
  clock.increment(1_500);
  await executor.tick();
  expect(Object.fromEntries(await page())).toMatchObject({
    treasury_executor_lease_held: 1,
    treasury_executor_last_tick_timestamp_seconds: clock.wallNow() / 1_000,
    treasury_executor_staged_intents: 2,
    'treasury_disbursements{status="queued"}': 1,
    'treasury_disbursements{status="submitted"}': 2,
    'treasury_disbursements_base_units{status="submitted"}': 2 ** 64 + 5,
    treasury_oldest_pending_timestamp_seconds: importedAt / 1_000,
  });
});

test('submissions are counted by outcome, and timed with their ticks', async () => {
  const takes = [
    { ms: 40 },
    { ms: 20, error: new Error('down') },
    { ms: 5, error: new CancelledError('no') },
  ];
  const { executor, queue, clock, breaker } = await anExecutor({
    maxInFlight: 1,
    lookup: async ({ nonce }) => ({ status: nonce === 0 ? 'pending' : 'unknown', confirmations: 0 }),
    submitter: async ({ txHash }) => {
      const { ms, error } = takes.shift() ?? { ms: 0 };
      clock.increment(ms);
      if (error) throw error;
      return txHash;
    },
  });
  const { page } = shown(executor);
  await queue({ id: 'a' }, { id: 'b' });
  await executor.tick();
  breaker.reset();
  await executor.tick();
  expect(Object.fromEntries(await page())).toMatchObject({
    'treasury_submissions_total{outcome="success"}': 1,
    'treasury_submissions_total{outcome="failure"}': 1,
    'treasury_submissions_total{outcome="cancelled"}': 1,
    treasury_submit_duration_seconds_count: 3,
    'treasury_submit_duration_seconds_bucket{le="0.005"}': 1,
    'treasury_submit_duration_seconds_bucket{le="0.025"}': 2,
    'treasury_submit_duration_seconds_bucket{le="0.05"}': 3,
    treasury_executor_tick_duration_seconds_count: 2,
    'treasury_executor_tick_duration_seconds_bucket{le="0.005"}': 1,
    'treasury_executor_tick_duration_seconds_bucket{le="0.1"}': 2,
  });
});

test('an outcome that is unknown is shown, with its age', async () => {
  const { executor, queue, clock } = await anExecutor({
    submitter: () => Promise.reject(new Error('no answer')),
    lookup: () => Promise.reject(new Error('no answer')),
  });
  const { page } = shown(executor);
  await queue({ id: 'a' });
  const lostAt = clock.wallNow() / 1_000;
  await executor.tick();
  clock.increment(7_000);
  await executor.tick();
  expect(Object.fromEntries(await page())).toMatchObject({
    treasury_executor_unknown_outcomes: 1,
    treasury_executor_oldest_unknown_timestamp_seconds: lostAt,
  });
});

describe('what the breaker refuses', () => {
  test('is counted tick by tick where the breaker is shown too', async () => {
    const { executor, queue, breaker } = await anExecutor();
    const { registry, value } = shown(executor);
    const rejections = () => value('treasury_circuit_breaker_rejections_total');
    await queue({ id: 'a' });
    breaker.isolate();
    await executor.tick();
    expect(await rejections()).toBeUndefined();
    expect(executor.snapshot.telemetryErrors).toBe(0);
    registerBreakerMetrics(registry, breaker);
    await executor.tick();
    await executor.tick();
    expect(await rejections()).toBe(2);
    breaker.reset();
    await executor.tick();
    expect(await rejections()).toBe(2);
  });

  test('is not counted for another breaker', async () => {
    const { executor, queue, breaker } = await anExecutor();
    const { registry, value } = shown(executor);
    registerBreakerMetrics(registry, createCircuitBreaker({ clock: new TestClock() }));
    await queue({ id: 'a' });
    breaker.isolate();
    await executor.tick();
    expect(await value('treasury_circuit_breaker_rejections_total')).toBe(0);
  });
});

describe('the balance', () => {
  test('is what was read last, and absent when nothing was', async () => {
    const { executor } = await anExecutor();
    let balance: bigint | undefined;
    const { value } = shown(executor, { balance: () => balance });
    expect(await value('treasury_balance_base_units')).toBeUndefined();
    balance = 10n ** 21n;
    expect(await value('treasury_balance_base_units')).toBe(1e21);
  });
});

describe('what cannot be read', () => {
  const errors = 'treasury_telemetry_errors_total{source="collector"}';

  test('of the store costs its own values only, and is counted once a page', async () => {
    const { executor, queue, store } = await anExecutor();
    const { page, value } = shown(executor);
    await queue({ id: 'a' });
    await store.close();
    const first = await page();
    expect(first.get('treasury_disbursements{status="queued"}')).toBeUndefined();
    expect(first.get('treasury_oldest_pending_timestamp_seconds')).toBeUndefined();
    expect(first.get('treasury_executor_lease_held')).toBe(0);
    const before = (await value(errors)) ?? 0;
    expect(await value(errors)).toBe(before + 1);
  });

  test('of a store that hangs is left out after a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { executor } = await anExecutor();
    const hanging = { ...executor.store, backlog: () => new Promise<never>(() => {}) };
    const { page } = shown({
      snapshot: executor.snapshot,
      store: hanging,
      on: () => () => {},
      circuitBreaker: undefined,
    });
    const scraping = page();
    vi.advanceTimersByTime(1_000);
    const read = await scraping;
    expect(read.get('treasury_disbursements{status="queued"}')).toBeUndefined();
    expect(read.get(buildInfo)).toBe(1);
  });

  test('of the balance is counted, too', async () => {
    const { executor } = await anExecutor();
    const { page, value } = shown(executor, {
      balance: () => {
        throw new Error('no');
      },
    });
    expect((await page()).get('treasury_balance_base_units')).toBeUndefined();
    const before = (await value(errors)) ?? 0;
    expect(before).toBeGreaterThan(0);
    expect(await value(errors)).toBe(before + 1);
  });

  test('of a breaker on the same registry is counted with it; that there is none yet is no fault', async () => {
    const { executor } = await anExecutor();
    const { registry, page, value } = shown(executor);
    let find = (): CircuitBreaker | undefined => undefined;
    registerBreakerMetrics(registry, () => find());
    await page();
    expect(await value(errors)).toBe(0);
    find = () => {
      throw new Error('lost');
    };
    await page();
    expect(await value(errors)).toBeGreaterThan(0);
  });

  test('as a whole snapshot leaves the rest of the page', async () => {
    const { executor } = await anExecutor();
    const broken: ShownExecutor = Object.create(executor, {
      snapshot: {
        get: () => {
          throw new Error('no');
        },
      },
      store: { value: executor.store },
      on: { value: () => () => {} },
    });
    const { page } = shown(broken);
    const read = await page();
    expect(read.get('treasury_executor_lease_held')).toBeUndefined();
    expect(read.get('treasury_telemetry_errors_total{source="callback"}')).toBeUndefined();
    expect(read.get('treasury_disbursements{status="queued"}')).toBe(0);
    expect(read.get(buildInfo)).toBe(1);
  });

  test('of the store is asked once for scrapes that come together', async () => {
    const { executor, store } = await anExecutor();
    const asked = Promise.withResolvers<void>();
    let reads = 0;
    const counting = {
      ...store,
      backlog: async () => {
        reads += 1;
        await asked.promise;
        return store.backlog();
      },
    };
    const shownExecutor: ShownExecutor = {
      snapshot: executor.snapshot,
      store: counting,
      on: () => () => {},
      circuitBreaker: undefined,
    };
    const { page } = shown(shownExecutor);
    const pages = [page(), page(), page()];
    asked.resolve();
    for (const read of await Promise.all(pages))
      expect(read.get('treasury_disbursements{status="queued"}')).toBe(0);
    expect(reads).toBe(1);
    await page();
    expect(reads).toBe(2);
  });

  test('of telemetry callbacks is counted beside it', async () => {
    const { executor } = await anExecutor({
      circuitBreakerTelemetry: () => {
        throw new Error('no');
      },
    });
    const { value } = shown(executor);
    await executor.tick();
    expect(await value('treasury_telemetry_errors_total{source="callback"}')).toBe(1);
  });
});

test('a version may be given', async () => {
  const { executor } = await anExecutor();
  const { value } = shown(executor, { version: '9.9.9' });
  expect(await value('treasury_build_info{version="9.9.9"}')).toBe(1);
});

test('one executor a registry, until it is unregistered', async () => {
  const { executor } = await anExecutor();
  const { registry, unregister } = shown(executor);
  expect(() => registerExecutorMetrics(registry, executor)).toThrow('treasury_executor_lease_held');
  unregister();
  unregister();
  expect(registry.getMetricsAsArray()).toEqual([]);
  registerExecutorMetrics(registry, executor);
  await executor.tick();
  expect((await scrape(registry)).get('treasury_executor_tick_duration_seconds_count')).toBe(1);
});

test('what is unregistered hears no more', async () => {
  const { executor } = await anExecutor();
  const { registry, unregister } = shown(executor);
  const ticks = registry.getSingleMetric('treasury_executor_tick_duration_seconds') as Histogram;
  unregister();
  await executor.tick();
  expect((await ticks.get()).values.find(({ metricName }) => metricName?.endsWith('_count'))?.value).toBe(0);
});

test.each(['treasury_disbursements', 'treasury_submissions_total', 'treasury_build_info'])(
  'a %s that somebody else writes is named, and nothing else is registered',
  async (name) => {
    const { executor } = await anExecutor();
    const registry = new Registry();
    new Gauge({ name, help: 'theirs', registers: [registry] });
    expect(() => registerExecutorMetrics(registry, executor)).toThrow(`${name} is on this registry already`);
    expect(registry.getMetricsAsArray()).toHaveLength(1);
  },
);

test('telemetry shows an executor and the breakers that it makes, one after the other', async () => {
  const { executor, clock } = await anExecutor();
  const telemetry = createTelemetry();
  telemetry.observeExecutor(executor);
  const first = createCircuitBreaker({ clock, policy: { failureThreshold: 1 } });
  telemetry.observeBreaker(first);
  first.recordFailure();
  const second = createCircuitBreaker({ clock, snapshot: first.toJSON() });
  telemetry.observeBreaker(second);
  first.stop();
  second.reset();
  const page = await scrape(telemetry.registry);
  expect(page.get('treasury_executor_lease_held')).toBe(0);
  expect(page.get('treasury_circuit_breaker_state')).toBe(0);
  expect(page.get('treasury_circuit_breaker_transitions_total{from="CLOSED",to="OPEN"}')).toBe(1);
  expect(page.get('treasury_circuit_breaker_transitions_total{from="OPEN",to="CLOSED"}')).toBe(1);
});
