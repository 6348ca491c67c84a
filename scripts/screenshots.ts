// Takes the pictures of the pages that the READMEs show, in a real Chromium, in both themes: npm run screenshots
// The playground from disk, and the inspector of a real treasury whose RPC is broken on purpose.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '../test/support/chromium.ts';

const ROOT = join(import.meta.dirname, '..');
const THEMES = ['light', 'dark'] as const;
const SIZE = { width: 1280, height: 800 };

const folder = await mkdtemp(join(tmpdir(), 'treasury-pictures-'));
const treasury = spawn(
  process.execPath,
  [join(ROOT, 'scripts/treasury.mjs'), 'dev', '--port', '0', '--batch-size', '4'],
  { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
);
const browser = await launchChromium();
try {
  await showPlayground();
  const url = await chartsUrl();
  await once(treasury.stdout, 'data');
  for (const theme of THEMES) {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: theme });
    await page.goto(url);
    await page.getByTestId('tab-Breaker').click();
    const isClosed = (await page.getByTestId('state').textContent())?.includes('CLOSED');
    if (isClosed) await page.getByTestId('outage-begin').click();
    await page.getByTestId('state').getByText('OPEN', { exact: true }).waitFor();
    await page.locator('.chart .is-active').first().waitFor();
    const goTo = page.getByTestId('go-to-active');
    if (await goTo.isVisible()) await goTo.click();
    // The time that a reader needs to see the countdown move.
    await page.waitForTimeout(2_000);
    await page.screenshot({ path: join(ROOT, `visualizations/inspector-${theme}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  treasury.kill();
  await once(treasury, 'close');
  const { pid } = JSON.parse(await readFile(join(folder, '.treasury/chain.json'), 'utf8'));
  process.kill(pid);
  await rm(folder, { recursive: true });
}

async function showPlayground(): Promise<void> {
  for (const theme of THEMES) {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: theme });
    await page.goto(pathToFileURL(join(ROOT, 'visualizations/playground/index.html')).href);
    await page.getByRole('button', { name: 'a probe fails' }).click();
    // Until the edge that was just taken fades.
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(ROOT, `visualizations/playground-${theme}.png`) });
    await page.close();
  }
}

async function chartsUrl(): Promise<string> {
  for await (const line of createInterface({ input: treasury.stdout })) {
    const [, url] = /^charts at (\S+)/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('the treasury ended before it served anything');
}
