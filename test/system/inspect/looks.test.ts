import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { DisbursementSource } from '../../../src/inspect/index.ts';
import { faultsOf } from './axe.ts';
import { at, SCREENSHOTS, type Theme, useBrowser } from './browser.ts';
import { serveBreaker } from './served.ts';

const open = useBrowser();
const ROW = {
  id: 'INV-7',
  destination: '0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095',
  amount: '4207600477000000000',
  status: 'submitted',
  nonce: 7,
  txHash: `0x${'a8'.repeat(32)}`,
  attempts: 0,
  reason: null,
};

const ROWS: DisbursementSource = {
  overview: async () => ({
    now: Date.now(),
    counts: { queued: 70, staged: 1, submitted: 1, finalized: 160 },
    inFlight: [ROW],
    inFlightTotal: 1,
  }),
  find: async (id) => (id === ROW.id ? ROW : undefined),
};

/** Each view, and how a person comes to it from the one before. */
const VIEWS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  token: async () => {},
  log: async (page) => {
    await at(page, 'token-input').fill(TOKEN);
    await at(page, 'token-submit').click();
    await at(page, 'state').getByText('OPEN', { exact: true }).waitFor();
    await page.locator('.chart [data-state]').first().waitFor();
  },
  detail: async (page) => {
    await at(page, 'log').getByText('FAILURE', { exact: true }).last().click();
    await at(page, 'detail').waitFor();
  },
  sequence: async (page) => {
    await page.keyboard.press('Escape');
    await at(page, 'view-sequence').click();
    await at(page, 'sequence').locator('[data-seq]').first().waitFor();
  },
  context: async (page) => at(page, 'view-context').click(),
  isolating: async (page) => {
    await at(page, 'view-log').click();
    await at(page, 'control-isolate').click();
    await at(page, 'consequences').waitFor();
  },
  help: async (page) => {
    await at(page, 'confirm-no').click();
    await at(page, 'help').click();
  },
  disbursements: async (page) => {
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Disbursements' }).click();
    await at(page, 'in-flight').getByText('INV-7').waitFor();
  },
};

const TOKEN = 'a-token-of-sixteen';
const OPTIONS = {
  disbursements: ROWS,
  outageControl: '/dev/outage',
  token: TOKEN,
  breakerControl: '/control/breaker',
} as const;

describe('every view is accessible', () => {
  test.each<Theme>(['light', 'dark'])(`in the %s theme; pictures are in ${SCREENSHOTS}`, async (theme) => {
    const { breaker, url } = await serveBreaker(OPTIONS);
    breaker.recordFailure();
    breaker.recordFailure();
    breaker.allowRequest();
    breaker.actor.send({ type: 'PERMIT', id: 'late' });
    // Only axe needs it: it is put into the page from outside.
    const { page } = await open(url, { theme, bypassCSP: true });
    for (const [name, show] of Object.entries(VIEWS)) {
      await show(page);
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${theme}.png`) });
      expect(await faultsOf(page), name).toEqual([]);
    }
  });
});

describe('at every usual width', () => {
  test('nothing has to be scrolled sideways', async () => {
    const { url } = await serveBreaker();
    const { page } = await open(url);
    await page.locator('.chart [data-state]').first().waitFor();
    for (const width of [800, 1024, 1280, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(excess, `${width} px`).toBeLessThanOrEqual(0);
    }
  });
});
