import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { ask, FAIL, scenarioOf, times, wait } from '../../playground/scenarios.ts';
import { faultsOf } from '../../support/axe.ts';
import { at, type Theme, useBrowser } from '../inspect/browser.ts';
import { linkTo, PAGE } from './open-page.ts';

const open = useBrowser();

/** Where screenshots go, for people to look at. */
const SCREENSHOTS = 'reports/playground';

const PROBING = linkTo(
  scenarioOf([ask('early'), ...times(5, FAIL), wait(60_000), ask('probe'), ask('extra')]),
);

/** Each view, and how a person comes to it from the one before. */
const VIEWS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  probing: async () => undefined,
  'a-step': (page) => at(page, 'log').locator('.entry').nth(4).click(),
  open: async (page) => {
    await at(page, 'back-to-now').click();
    await at(page, 'permit-FAILURE').last().click();
  },
  isolated: (page) => at(page, 'send-ISOLATE').click(),
  wrong: async (page) => {
    await at(page, 'policy-failureThreshold').fill('0');
    await page.keyboard.press('Tab');
    await at(page, 'amount').fill('soon');
    await at(page, 'pass').click();
  },
  new: async (page) => {
    await at(page, 'policy-failureThreshold').fill('5');
    await at(page, 'start-over').click();
  },
};

const LAPTOP = { width: 1280, height: 800 };
const SCREEN = { width: 1920, height: 1080 };
const PHONE = { width: 390, height: 844 };

describe('every view is accessible', () => {
  test.each<Theme>(['light', 'dark'])(`in the %s theme; pictures are in ${SCREENSHOTS}`, async (theme) => {
    for (const { width, height } of [LAPTOP, PHONE]) {
      // Only axe needs it: it is put into the page from outside.
      const { page } = await open(PROBING, { theme, width, height, bypassCSP: true });
      for (const [name, show] of Object.entries(VIEWS)) {
        await show(page);
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${theme}-${width}.png`) });
        expect(await faultsOf(page), `${name} at ${width} px`).toEqual([]);
      }
    }
  });
});

describe('at every usual width', () => {
  test('nothing has to be scrolled sideways, and what is clicked most is at hand', async () => {
    const { page } = await open(PROBING);
    for (const width of [320, 390, 640, 760, 1024, 1100, 1280, 1920, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(excess, `${width} px`).toBeLessThanOrEqual(0);
      expect(await at(page, 'send-FAILURE').isVisible(), `${width} px`).toBe(true);
    }
  });

  test('on a large screen the page itself does not scroll', async () => {
    for (const { width, height } of [LAPTOP, SCREEN]) {
      const { page } = await open(PROBING, { width, height });
      await page.screenshot({ path: join(SCREENSHOTS, `whole-${width}.png`) });
      expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight')).toBeLessThanOrEqual(
        0,
      );
      for (const id of ['state', 'clock', 'log', 'test-text', 'send-RESET', 'to-next']) {
        const box = await at(page, id).boundingBox();
        expect((box?.y ?? height) + Math.min(box?.height ?? 0, 20), id).toBeLessThan(height);
      }
    }
  });
});

describe('a person who uses the keys only', () => {
  test('sees where the focus is', async () => {
    const { page } = await open(PAGE);
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(
        '(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))',
      );
      expect(outline, `after ${i + 1} tabs`).toEqual(['solid', '2px']);
    }
  });
});
