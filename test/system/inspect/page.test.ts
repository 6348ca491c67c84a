import { on } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { createActor, setup } from 'xstate';
import { at, useBrowser } from './browser.ts';
import { serveBreaker } from './served.ts';

const open = useBrowser();

/** Lines of the log as a person reads them. */
const lineWith = (page: Page, text: string) => at(page, 'log').getByText(text).first();

describe('what a person sees', () => {
  test('the state, why, since when, what comes next', async () => {
    const { breaker, url } = await serveBreaker();
    const { page, complaints } = await open(url);
    await at(page, 'state').getByText('CLOSED').waitFor();
    breaker.recordFailure();
    breaker.recordFailure();
    await at(page, 'state').getByText('OPEN').waitFor();
    await at(page, 'why').getByText('FAILURE', { exact: true }).waitFor();
    await at(page, 'why').getByText('failure threshold').waitFor();
    await at(page, 'since').waitFor();
    await at(page, 'next').getByText('HALF_OPEN').waitFor();
    expect(complaints).toEqual([]);
  });

  test('the countdown runs, on the chart too', async () => {
    const { breaker, url } = await serveBreaker();
    const { page } = await open(url);
    breaker.recordFailure();
    breaker.recordFailure();
    const countdown = at(page, 'next-countdown');
    const before = (await countdown.textContent()) ?? '';
    expect(before).toMatch(/^(1:00|0:5\d)$/);
    await expect.poll(() => countdown.textContent(), { timeout: 10_000 }).not.toBe(before);
    const ring = page.locator('.chart .countdown').first();
    const filled = async () => Number.parseFloat((await ring.getAttribute('stroke-dasharray')) ?? '0');
    await expect.poll(filled, { timeout: 10_000 }).toBeGreaterThan(0);
  });

  test('the active state and the edge just taken, on the chart', async () => {
    const { breaker, url } = await serveBreaker();
    const { page } = await open(url);
    const active = page.locator('.chart [data-state="circuitBreaker.OPEN"].is-active').first();
    await page.locator('.chart [data-state="circuitBreaker.CLOSED"].is-active').first().waitFor();
    breaker.recordFailure();
    breaker.recordFailure();
    await active.waitFor();
    await page.locator('.chart .is-taken[data-edge~="circuitBreaker.CLOSED|FAILURE|1"]').first().waitFor();
  });
});

describe('what was turned down, with its reason', () => {
  test('a permit, a late outcome, an event that the state ignores, and calls', async () => {
    const { breaker, url } = await serveBreaker();
    const { page } = await open(url);
    await at(page, 'state').getByText('CLOSED').waitFor();
    const { actor } = breaker;
    actor.send({ type: 'SUCCESS', generation: 7 });
    await lineWith(page, 'stale generation').waitFor();
    breaker.recordFailure();
    breaker.recordFailure();
    actor.send({ type: 'PERMIT', id: 'late' });
    await lineWith(page, 'permit denied').waitFor();
    actor.send({ type: 'CANCELLED' });
    await lineWith(page, 'OPEN ignores it').waitFor();
    breaker.allowRequest();
    breaker.allowRequest();
    await at(page, 'refused-count').getByText('4').waitFor();
  });

  test('an event to an actor that is dead', async () => {
    const { inspector, url } = await serveBreaker();
    const machine = setup({}).createMachine({
      id: 'lamp',
      initial: 'on',
      states: { on: { on: { SMASH: 'broken' } }, broken: { type: 'final' } },
    });
    const lamp = createActor(machine, { id: 'lamp', inspect: inspector.inspect }).start();
    const { page } = await open(url);
    lamp.send({ type: 'SMASH' });
    lamp.send({ type: 'SMASH' });
    await lineWith(page, 'the actor is done').waitFor();
  });
});

describe('finding one’s way', () => {
  test('filters by text, and says how many are left', async () => {
    const { breaker, url } = await serveBreaker();
    const { page } = await open(url);
    breaker.isolate('drill at noon');
    breaker.reset('drill is over');
    await lineWith(page, 'RESET').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('noon');
    await lineWith(page, 'ISOLATE').waitFor();
    await at(page, 'log').getByText('RESET').waitFor({ state: 'hidden' });
    await page.keyboard.press('Escape');
    await lineWith(page, 'RESET').waitFor();
  });

  test('pause keeps the display and counts what is new', async () => {
    const { breaker, url } = await serveBreaker();
    const { page } = await open(url);
    await at(page, 'state').getByText('CLOSED').waitFor();
    await page.keyboard.press('p');
    breaker.isolate('drill');
    await at(page, 'connection').getByText('1 new').waitFor();
    expect(await at(page, 'state').textContent()).toContain('CLOSED');
    await page.keyboard.press('p');
    await at(page, 'state').getByText('ISOLATED').waitFor();
  });

  test('a link leads to an actor and an event', async () => {
    const { breaker, url } = await serveBreaker();
    breaker.isolate('drill at noon');
    const { page } = await open(url);
    await lineWith(page, 'ISOLATE').click();
    await at(page, 'detail').getByText('drill at noon').first().waitFor();
    const { page: other } = await open(page.url());
    await at(other, 'detail').getByText('drill at noon').first().waitFor();
  });

  test('exports what it holds as JSON', async () => {
    const { breaker, url } = await serveBreaker();
    breaker.isolate('drill');
    const { page } = await open(url);
    await lineWith(page, 'ISOLATE').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), at(page, 'export').click()]);
    const exported = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect(JSON.stringify(exported)).toContain('"ISOLATE"');
    expect(JSON.stringify(exported)).toContain('"rates"');
  });
});

async function nextFeedRequest(server: Server): Promise<IncomingMessage> {
  for await (const [request] of on(server, 'request')) if (request.url.endsWith('/feed')) return request;
  throw new Error('the server was closed');
}

describe('the connection', () => {
  test('comes back by itself, and continues where it was', async () => {
    const { breaker, server, url } = await serveBreaker();
    const { page } = await open(url);
    breaker.isolate('before');
    await at(page, 'state').getByText('ISOLATED').waitFor();
    const asked = nextFeedRequest(server);
    server.closeAllConnections();
    breaker.reset('meanwhile');
    const request = await asked;
    expect(request.headers['last-event-id']).toMatch(/^[0-9a-f]{8}\.\d+$/);
    await at(page, 'state').getByText('CLOSED').waitFor();
    await at(page, 'connection').getByText('live').waitFor();
    expect(await at(page, 'log').getByText('ISOLATE', { exact: true }).count()).toBe(1);
  });

  test('asks for the token where one is configured, and says when it is the wrong one', async () => {
    const { breaker, url } = await serveBreaker({ token: 'a-token-of-sixteen' });
    breaker.isolate('secret drill');
    const { page } = await open(url);
    await at(page, 'token-input').fill('a-token-of-another');
    await at(page, 'token-submit').click();
    await page
      .getByText(/wrong|not the/i)
      .first()
      .waitFor();
    expect(await page.content()).not.toContain('secret drill');
    await at(page, 'token-input').fill('a-token-of-sixteen');
    await at(page, 'token-submit').click();
    await at(page, 'state').getByText('ISOLATED').waitFor();
  });

  test('asks nobody else for anything, and breaks no rule of its policy', async () => {
    const { breaker, url } = await serveBreaker();
    const { page, complaints, requests } = await open(url);
    breaker.isolate('drill');
    await at(page, 'state').getByText('ISOLATED').waitFor();
    expect(requests.length).toBeGreaterThan(5);
    expect(
      requests.filter((each) => !each.startsWith(new URL(url).origin) && !each.startsWith('data:')),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
