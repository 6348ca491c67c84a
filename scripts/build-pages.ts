import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BROWSER_BUILDS } from '../visualizations/xstate-inspect/browser-builds.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TSC = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace('package.json', 'bin/tsc');

const BRIDGE = 'visualizations/xstate-inspect';
const PAGES = ['visualizations/inspector', `${BRIDGE}/receiver`];

/** Builds the pages that the inspector and the bridge to @xstate/inspect serve, each where the sources have it. */
export function buildPages(dir: string): void {
  for (const page of PAGES) {
    const project = join(ROOT, page, 'tsconfig.build.json');
    execFileSync(process.execPath, [TSC, '-p', project, '--outDir', dir], { stdio: 'inherit' });
    for (const file of globSync(`${page}/*.{html,css}`, { cwd: ROOT })) {
      copyFileSync(join(ROOT, file), join(dir, file));
    }
  }
  const fromBridge = createRequire(join(ROOT, BRIDGE, 'index.ts'));
  for (const [name, file] of BROWSER_BUILDS) {
    copyFileSync(fromBridge.resolve(file), join(dir, BRIDGE, 'receiver', name));
  }
}
