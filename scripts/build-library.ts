import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A thread's, and no export: it is found beside the one who starts it. */
const WORKERS = ['src/inspect/layout-worker'];

/** Bundled with all that it needs, by itself. */
const BRIDGE = './dist/visualizations/xstate-inspect/';

/** What can be imported from the package, without its ending: in the sources as in what is built. */
function entries(): readonly string[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  return Object.values(exports)
    .filter((target) => typeof target !== 'string')
    .filter((target) => !target.default.startsWith(BRIDGE))
    .map((target) => target.default.replace(/^\.\/dist\/(.*)\.js$/, '$1'));
}

/**
 * Builds the JavaScript of the library: a file for each thing that can be imported, and for what several of them share. To
 * read its hundred modules one by one is a third of what an import takes.
 */
export async function buildLibrary(dir: string): Promise<void> {
  const input = Object.fromEntries(
    [...entries(), ...WORKERS].map((name) => [name, join(ROOT, `${name}.ts`)]),
  );
  const bundled = await rolldown({ input, platform: 'node', external: /^[^./]/ });
  await bundled.write({ dir, format: 'esm', sourcemap: true, chunkFileNames: 'shared/[name].js' });
  await bundled.close();
}
