import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { end, endChainOf, startLive } from '../cli/live-treasury.ts';
import { objectsOf, treasury } from '../cli/treasury.ts';
import { at, useBrowser } from './browser.ts';

const open = useBrowser();

const TOKEN = 'sentinel-token-0123456789';

/** A real `treasury dev`, with its chain; both end with the test. */
async function startTreasury(...args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'treasury-page-'));
  await writeFile(join(folder, 'control.token'), `${TOKEN}\n`, { mode: 0o600 });
  const live = startLive(folder, ['dev', '--port', '0', '--poll-interval', '200ms', ...args]);
  onTestFinished(async () => {
    await end(live, 'SIGTERM');
    await endChainOf(folder);
    await rm(folder, { recursive: true });
  });
  return { folder, url: await live.url() };
}

/** States of the breaker in the order in which the page tells them, oldest first. */
const statesTold = async (page: Page): Promise<readonly string[]> => {
  const texts = await at(page, 'changes').locator('.change-state b').allTextContents();
  return texts.map((text) => text.trim()).toReversed();
};

describe('an outage, watched on the page', () => {
  test('from CLOSED to OPEN to HALF_OPEN to CLOSED, broken and mended by the page’s own switch', async () => {
    const { url } = await startTreasury('--batch-size', '3', '--open-timeout', '2s');
    const { page, complaints } = await open(`${url}/inspect`);
    await at(page, 'tab-Breaker').click();
    await at(page, 'state').getByText('CLOSED').waitFor();
    await at(page, 'outage-begin').click();
    await at(page, 'outage-status').getByText('refuse').waitFor();
    await at(page, 'state').getByText('OPEN', { exact: true }).waitFor();
    await at(page, 'next').getByText('HALF_OPEN').waitFor();
    await at(page, 'outage-lift').click();
    await at(page, 'state').getByText('CLOSED').waitFor();
    expect((await statesTold(page)).slice(-3)).toEqual(['OPEN', 'HALF_OPEN', 'CLOSED']);
    expect(complaints).toEqual([]);
  });
});

describe('disbursements', () => {
  test('are counted, and found by their id', async () => {
    const { url } = await startTreasury('--batch-size', '3');
    const { page } = await open(`${url}/inspect`);
    await page.getByRole('tab', { name: 'Disbursements' }).click();
    await at(page, 'disbursement-counts').getByText('queued').waitFor();
    await at(page, 'disbursement-id').fill('INV-2026-0301');
    await page.keyboard.press('Enter');
    await at(page, 'disbursement-found').getByText('15741511796000000000').waitFor();
    await at(page, 'disbursement-id').fill('INV-1999');
    await page.keyboard.press('Enter');
    await at(page, 'disbursement-found').getByText('no disbursement', { exact: false }).waitFor();
  });
});

describe('control', () => {
  test('is refused without the token, works with it, and leaves an audit row', async () => {
    const { folder, url } = await startTreasury('--control-token-file', 'control.token');
    const { page } = await open(`${url}/inspect`);

    const refused = await fetch(`${url}/control/breaker`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"action":"isolate"}',
    });
    expect(refused.status).toBe(401);

    await at(page, 'token-input').fill(TOKEN);
    await at(page, 'token-submit').click();
    await at(page, 'tab-Breaker').click();
    await at(page, 'control-isolate').click();
    await at(page, 'consequences').getByText('nothing is submitted').first().waitFor();
    await at(page, 'confirm-reason').fill('drill at noon');
    await at(page, 'confirm-yes').click();
    await at(page, 'state').getByText('ISOLATED').waitFor();
    await at(page, 'why').getByText('drill at noon').waitFor();
    await at(page, 'control-reset').click();
    await at(page, 'confirm-yes').click();
    await at(page, 'state').getByText('CLOSED').waitFor();

    const { stdout } = await treasury(folder, ['breaker', 'status', '--json']);
    expect(objectsOf(stdout)[0]?.['applied']).toMatchObject([
      { action: 'reset', from: 'ISOLATED', to: 'CLOSED', by: 'http' },
      { action: 'isolate', from: 'CLOSED', to: 'ISOLATED', by: 'http', reason: 'drill at noon' },
    ]);
    expect(await page.content()).not.toContain(TOKEN);
  });
});
