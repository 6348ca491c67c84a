import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { launchChromium } from '../../support/chromium.ts';

export type Theme = 'light' | 'dark';

/** Where screenshots go, for people to look at: `reports/inspector/`. */
export const SCREENSHOTS = 'reports/inspector';

/** A page, and everything that went wrong in it. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Messages of the console and errors of scripts; violations of the content security policy are among them. */
  readonly complaints: readonly string[];
  /** Addresses of all requests that were made. */
  readonly requests: readonly string[];
}

/** One real browser for a file of tests. Each page has a context of its own, which ends with its test. */
export function useBrowser() {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  return async (
    url: string,
    options: {
      readonly theme?: Theme;
      readonly width?: number;
      readonly height?: number;
      readonly bypassCSP?: boolean;
      readonly javaScriptEnabled?: boolean;
    } = {},
  ): Promise<Watched> => {
    const {
      theme = 'light',
      width = 1280,
      height = 800,
      bypassCSP = false,
      javaScriptEnabled = true,
    } = options;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      bypassCSP,
      javaScriptEnabled,
    });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(url);
    return { page, context, complaints, requests };
  };
}

/** An element by its test id. */
export const at = (page: Page, id: string) => page.getByTestId(id);
