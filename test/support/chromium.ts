import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** A real browser: the npm package's Chromium where it runs, elsewhere the Chrome that is installed. */
export const launchChromium = async (): Promise<Browser> =>
  process.platform === 'linux' && process.arch === 'x64'
    ? playwright.launch({
        executablePath: await chromium.executablePath(),
        // Not the package's own arguments: in one process it ends with its first context.
        args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
      })
    : playwright.launch({ channel: 'chrome' });
