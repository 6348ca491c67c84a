import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RolldownOutput, rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The command, and the thread of its own in which it lays charts out: it finds that beside itself. */
const INPUT = {
  treasury: join(ROOT, 'src/cli/treasury.ts'),
  'layout-worker': join(ROOT, 'src/inspect/layout-worker.ts'),
};

/**
 * Builds the command with everything that it needs, in one folder: `treasury.js`, and a file for what each subcommand reads
 * when it is called. All of it in one file took twice as long to start.
 *
 * @param banner first line of each file
 * @returns the modules that are in it
 */
export async function buildCommand(dir: string, banner?: string): Promise<readonly string[]> {
  const bundled = await rolldown({ input: INPUT, platform: 'node' });
  const { output } = await bundled.write({
    dir,
    format: 'esm',
    chunkFileNames: '[name].js',
    ...(banner !== undefined && { banner }),
  });
  await bundled.close();
  // What is in a bundle looks for this beside itself.
  copyFileSync(join(ROOT, 'node_modules/tiny-secp256k1/lib/secp256k1.wasm'), join(dir, 'secp256k1.wasm'));
  return modulesOf(output);
}

/** The modules that a bundle was made of. */
export const modulesOf = (output: RolldownOutput['output']): readonly string[] =>
  output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
