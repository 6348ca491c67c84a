import { copyFileSync, globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BROWSER_BUILDS } from '../visualizations/xstate-inspect/browser-builds.ts';
import { compile } from './compile.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const BRIDGE = 'visualizations/xstate-inspect';
const PAGES = ['visualizations/inspector', `${BRIDGE}/receiver`];

/** Builds the pages that the inspector and the bridge to @xstate/inspect serve, each where the sources have it. */
export function buildPages(dir: string): void {
  for (const page of PAGES) {
    compile(join(ROOT, page, 'tsconfig.build.json'), '--outDir', dir);
    for (const file of globSync(`${page}/*.{html,css}`, { cwd: ROOT })) {
      copyFileSync(join(ROOT, file), join(dir, file));
    }
  }
  const fromBridge = createRequire(join(ROOT, BRIDGE, 'index.ts'));
  for (const [name, file] of BROWSER_BUILDS) {
    copyFileSync(fromBridge.resolve(file), join(dir, BRIDGE, 'receiver', name));
  }
}
