import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

/**
 * Builds the package: the library as `tsc` compiles it, and the command in one file with everything that it needs, so
 * that who installs the package for the breaker installs nothing but xstate.
 */
rmSync('dist', { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });

const bundle = await rolldown({ input: 'src/cli/treasury.ts', platform: 'node' });
const { output } = await bundle.write({
  file: 'dist/cli/treasury.js',
  format: 'esm',
  codeSplitting: false,
  banner: '// Third-party code in this file: see THIRD-PARTY-NOTICES.txt.',
});
await bundle.close();

/** The folder of the package that a module of the bundle came from. */
const packageFolder = (id: string): string | undefined =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0];

const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
const folders = [...new Set(modules.map(packageFolder).filter((folder) => folder !== undefined))].toSorted();
writeFileSync('dist/cli/THIRD-PARTY-NOTICES.txt', folders.map(notice).join('\n\n'));
process.stdout.write(`dist/cli/treasury.js holds ${folders.length} packages\n`);

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
