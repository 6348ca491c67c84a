import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

/**
 * Builds the package: the library as `tsc` compiles it, and the command in one file with everything that it needs, so
 * that who installs the package for the breaker installs nothing but xstate.
 */
rmSync('dist', { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });

/** The command, and the thread of its own in which it lays charts out. */
const BUNDLES = {
  'src/cli/treasury.ts': 'dist/cli/treasury.js',
  'src/inspect/layout-worker.ts': 'dist/cli/layout-worker.js',
};

async function bundle(input: string, file: string): Promise<readonly string[]> {
  const bundled = await rolldown({ input, platform: 'node' });
  const { output } = await bundled.write({
    file,
    format: 'esm',
    codeSplitting: false,
    banner: '// Third-party code in this file: see THIRD-PARTY-NOTICES.txt.',
  });
  await bundled.close();
  return output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
}

const modules: string[] = [];
for (const [input, file] of Object.entries(BUNDLES)) modules.push(...(await bundle(input, file)));

execFileSync('tsc', ['-p', 'visualizations/inspector/tsconfig.build.json'], { stdio: 'inherit' });
for (const file of globSync('visualizations/inspector/*.{html,css}')) copyFileSync(file, `dist/${file}`);

/** The folder of the package that a module of the bundle came from. */
const packageFolder = (id: string): string | undefined =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0];

const folders = [...new Set(modules.map(packageFolder).filter((folder) => folder !== undefined))].toSorted();
writeFileSync('dist/cli/THIRD-PARTY-NOTICES.txt', folders.map(notice).join('\n\n'));
process.stdout.write(`dist/cli holds ${folders.length} packages\n`);

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
