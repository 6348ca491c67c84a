// From an event to the pixel that shows it: npm run bench:pixel -- [--seconds 10] [--per-second 100]
// [--out bench/results/pixel.json]
// One page watches in a real Chromium; the actors and the inspector run in a process of their own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launchChromium } from '../test/support/chromium.ts';
import { host, hostText } from './kit/host.ts';
import { resultFile, saveResult } from './kit/results.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    'per-second': { type: 'string', default: '100' },
    out: { type: 'string', default: resultFile('pixel') },
  },
});

/**
 * Runs in the page. At each frame it looks which lines of the log are new; what is on the page when a frame begins has
 * been painted when the next one does. Both clocks are this machine's wall.
 */
const WATCH = `
  globalThis.delays = [];
  let seen = Math.max(0, ...[...document.querySelectorAll('[data-testid=log] [data-seq]')].map((row) => Number(row.dataset.seq)));
  const look = () => {
    const rows = [...document.querySelectorAll('[data-testid=log] [data-seq]:not([hidden])')];
    const fresh = rows.filter((row) => Number(row.dataset.seq) > seen).map((row) => [Number(row.dataset.seq), Number(row.dataset.at)]);
    seen = Math.max(seen, ...fresh.map(([seq]) => seq));
    requestAnimationFrame(() => {
      for (const [, at] of fresh) globalThis.delays.push(Date.now() - at);
      look();
    });
  };
  look();
`;

const subject = fork(fileURLToPath(new URL('./inspect/pixel-subject.ts', import.meta.url)), [
  values['per-second'],
]);
const browser = await launchChromium();
try {
  const [url] = (await once(subject, 'message')) as [string];
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(url);
  await page.locator('.chart [data-state]').first().waitFor();
  await page.evaluate(WATCH);
  subject.send('begin');
  await page.waitForTimeout(Number(values.seconds) * 1_000);
  const delays = (await page.evaluate('globalThis.delays')) as number[];
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN;
  const result = {
    host: host(),
    perSecond: Number(values['per-second']),
    lines: sorted.length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    maxMs: at(1),
  };
  console.log(hostText(result.host));
  console.log(`${result.lines} lines at ${result.perSecond} events a second`);
  console.log(`event to pixel: p50 ${result.p50Ms} ms, p95 ${result.p95Ms} ms, most ${result.maxMs} ms`);
  saveResult(values.out, result);
} finally {
  await browser.close();
  subject.kill();
}
