import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ETHER, PAYEE } from '../../support/chain.ts';
import { describeWithPrometheus } from '../../support/prometheus.ts';
import { testDashboard } from './dashboard-tests.ts';
import { startWatchedTreasury, type WatchedTreasury } from './watched-treasury.ts';

// An outage as whoever is on call sees it: a real Prometheus scrapes a real executor and evaluates monitoring/alerts.yml,
// in which five minutes are two seconds and a half. The tests are the parts of one story and need each other's order.

const OPEN = 'alertname="TreasuryCircuitBreakerOpen"';
const PAID = 3;
const PENDING = 7;

describeWithPrometheus('an outage on a real Prometheus', () => {
  let treasury: WatchedTreasury;
  let payer: string;
  let before: bigint;
  let beganAt: number;

  beforeAll(async () => {
    treasury = await startWatchedTreasury(await readFile('monitoring/alerts.yml', 'utf8'));
    payer = `instance="${new URL(treasury.payer).host}"`;
    before = await treasury.chain.balanceOf(PAYEE);
    // Until the first scrape, some seconds after its start, Prometheus knows of no executor, and says so.
    await when('absent(ALERTS)');
    beganAt = Date.now();
  });
  afterAll(() => treasury?.stop());

  const when = (expr: string) => treasury.prometheus.when(expr);

  const outage = (method: 'POST' | 'DELETE') =>
    fetch(`${treasury.payer}/dev/outage`, {
      method,
      ...(method === 'POST' && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ duration: '5m', mode: 'unavailable' }),
      }),
    });

  /** The alerts among these series of `ALERTS` that were there at any time since the story began. */
  async function alertsSoFar(matchers: string): Promise<readonly string[]> {
    const window = `${Date.now() - beganAt}ms`;
    const seen = await treasury.prometheus.query(
      `count by (alertname) (count_over_time(ALERTS{${matchers}}[${window}]))`,
    );
    return seen.map(({ metric }) => metric['alertname'] ?? '').toSorted();
  }

  test('without one nothing fires', async () => {
    await treasury.putPayments(PAID);
    await when(`count(treasury_disbursements{status="finalized"} == ${PAID}) == 2`);
    expect(await alertsSoFar('alertstate="firing"')).toEqual([]);
  });

  test('a breaker that is isolated for longer than the alert waits is no outage', async () => {
    await treasury.order('isolate');
    await when(`sum_over_time(treasury_circuit_breaker_isolated{${payer}}[5s]) > 13`);
    expect(await treasury.prometheus.query(`treasury_circuit_breaker_state{${payer}} == 1`)).toHaveLength(1);
    expect(await alertsSoFar(OPEN)).toEqual([]);
    await treasury.order('reset');
    await when(`treasury_circuit_breaker_transitions_total{${payer},from="ISOLATED",to="CLOSED"} == 1`);
  });

  test('the breaker opens, and the alert is pending before it fires', async () => {
    treasury.failSubmissions();
    await treasury.putPayments(PENDING);
    await when(`treasury_executor_unknown_outcomes{${payer}} > 0`);
    expect((await outage('POST')).status).toBe(200);
    const [fires] = await when(`ALERTS{${OPEN},alertstate="firing"}`);
    expect(fires?.metric).toMatchObject({ job: 'treasury', instance: new URL(treasury.payer).host });
    await when(`count_over_time(ALERTS{${OPEN},alertstate="pending"}[30s]) >= 2`);
  });

  testDashboard(() => treasury, PENDING);

  test('the alerts on the breaker resolve once it is CLOSED, and all is paid, once', async () => {
    treasury.mendSubmissions();
    expect((await outage('DELETE')).status).toBe(200);
    await when(`treasury_circuit_breaker_transitions_total{${payer},from="HALF_OPEN",to="CLOSED"} == 1`);
    await when(`absent(ALERTS{alertname=~"TreasuryCircuitBreaker.*"})`);
    await when(`count(treasury_disbursements{status="finalized"} == ${PAID + PENDING}) == 2`);
    expect(await treasury.chain.balanceOf(PAYEE)).toBe(before + BigInt(PAID + PENDING) * ETHER);
  });

  test('no alert has fired that should not', async () => {
    const fired = await alertsSoFar('alertstate="firing"');
    const ofAnOutage = ['TreasuryCircuitBreakerNotRecovered', 'TreasuryCircuitBreakerOpen'];
    expect(fired.filter((name) => !ofAnOutage.includes(name))).toEqual([]);
  });
});
