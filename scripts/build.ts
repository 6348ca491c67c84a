import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { rolldown } from 'rolldown';
import { buildCommand, modulesOf } from './build-command.ts';
import { buildLibrary } from './build-library.ts';
import { buildPages } from './build-pages.ts';
import { compile } from './compile.ts';

/**
 * Builds the package: the library with the types that `tsc` writes, and with everything that they need the command and the
 * bridge to @xstate/inspect, whose packages cannot be installed beside XState 5. So who installs the package for the
 * breaker installs nothing but xstate.
 */
rmSync('dist', { recursive: true, force: true });
compile('tsconfig.build.json');
await buildLibrary('dist');

const BRIDGE = 'visualizations/xstate-inspect';

const BANNER = '// Third-party code in this file: see dist/THIRD-PARTY-NOTICES.txt.';

/** Of the bridge only the types that its callers see are as `tsc` writes them: those of XState 4 stay here. */
const SEEN = ['index', 'bridge', 'options', 'accept'].flatMap((name) => [`${name}.d.ts`, `${name}.d.ts.map`]);
for (const file of globSync(`dist/${BRIDGE}/*.*`)) if (!SEEN.includes(basename(file))) rmSync(file);

async function buildBridge(): Promise<readonly string[]> {
  const bundled = await rolldown({ input: `${BRIDGE}/index.ts`, platform: 'node' });
  const file = `dist/${BRIDGE}/index.js`;
  const { output } = await bundled.write({ file, format: 'esm', codeSplitting: false, banner: BANNER });
  await bundled.close();
  return modulesOf(output);
}

const modules = [...(await buildCommand('dist/cli', BANNER)), ...(await buildBridge())];

buildPages('dist');

/** The folder of the package that a module of the bundle came from. */
const packageFolder = (id: string): string | undefined =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0];

const folders = [...new Set(modules.map(packageFolder).filter((folder) => folder !== undefined))].toSorted();
writeFileSync('dist/THIRD-PARTY-NOTICES.txt', folders.map(notice).join('\n\n'));
process.stdout.write(`dist/cli and dist/${BRIDGE} hold ${folders.length} packages\n`);

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const text = ['LICENSE', 'LICENSE.md', 'license', 'LICENCE', 'LICENSE.txt'].map((file) =>
    read(`${folder}/${file}`),
  );
  return `${name} ${version} (${license})\n\n${text.find((found) => found !== undefined) ?? ''}`.trim();
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
