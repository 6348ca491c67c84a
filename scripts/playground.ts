// Makes visualizations/playground/index.html; with --check it only tells whether that file is what it would write.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { circuitBreakerMachine } from '../machines/index.ts';
import { chartCss, chartSvg, layOut, readChart } from '../src/diagram/index.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = 'visualizations/playground/src';

/** The one file that the playground is. */
export const PLAYGROUND = join(ROOT, 'visualizations/playground/index.html');

/** The inspector's looks, and what the playground adds. */
const STYLES = [
  'visualizations/inspector/theme.css',
  'visualizations/inspector/controls.css',
  'visualizations/inspector/live-chart.css',
  `${SOURCES}/layout.css`,
  `${SOURCES}/hands.css`,
  `${SOURCES}/shown.css`,
];

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The page as one text that asks for no other file. The same sources always give the same text. */
export async function playgroundHtml(): Promise<string> {
  // Delays by their names: the policy is whatever somebody types.
  const drawing = chartSvg(await layOut(readChart(circuitBreakerMachine)));
  const styles = `${STYLES.map(read).map(squeezed).join('')}${chartStyles()}`;
  const script = await bundledScript();
  const parts = {
    '{{policy}}': securityPolicy(script, styles),
    '{{drawing}}': drawing,
    '{{notices}}': notices(),
    '<link rel="stylesheet" href="styles.css">': `<style>${styles}</style>`,
    '<script src="main.ts"></script>': `<script>${script}</script>`,
  };
  return Object.entries(parts).reduce(
    (page, [place, part]) => page.replace(place, () => part),
    read(`${SOURCES}/page.html`),
  );
}

/** Nothing is loaded from anywhere; only this script and these styles count. */
function securityPolicy(script: string, styles: string): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(styles)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** The drawing's colours follow the system's theme. */
const chartStyles = (): string =>
  `${chartCss('light')}@media (prefers-color-scheme: dark) {\n${chartCss('dark')}}\n`;

/** Without comments and indentation. */
const squeezed = (css: string): string =>
  css
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\n\s*/g, '\n')
    .replaceAll(/\n+/g, '\n');

async function bundledScript(): Promise<string> {
  const bundled = await rolldown({
    input: join(ROOT, SOURCES, 'main.ts'),
    cwd: ROOT,
    platform: 'browser',
    tsconfig: false,
  });
  const { output } = await bundled.generate({
    format: 'iife',
    minify: true,
    codeSplitting: false,
    comments: false,
  });
  await bundled.close();
  const [{ code }] = output;
  // What would end the element, or begin a comment in it.
  return code.trim().replaceAll(/<(\/script|!--)/gi, '\\x3C$1');
}

/** XState is within: its licence goes with it. */
function notices(): string {
  const { version } = JSON.parse(read('node_modules/xstate/package.json')) as { version: string };
  return `<!--\nMade by "npm run playground" out of src/ and of the machines: not to be edited.\n\nThis file contains xstate ${version}.\n\n${read('node_modules/xstate/LICENSE').trim()}\n-->`;
}

function isStale(text: string): boolean {
  try {
    return readFileSync(PLAYGROUND, 'utf8') !== text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

async function main(): Promise<void> {
  const text = await playgroundHtml();
  const stale = isStale(text);
  if (process.argv.includes('--check')) {
    if (stale)
      console.error(
        'visualizations/playground/index.html is not what its sources give\nRun: npm run playground',
      );
    process.exitCode = stale ? 1 : 0;
    return;
  }
  if (stale) writeFileSync(PLAYGROUND, text);
  console.log(
    `${stale ? 'Wrote' : 'Up to date:'} visualizations/playground/index.html, ${Math.round(text.length / 1_000)} kB`,
  );
}

if (process.argv[1] === import.meta.filename) await main();
