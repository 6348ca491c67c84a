import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../errors.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

const resolveFrom = (from: string, platformPackage: string): string | undefined => {
  try {
    // The platform's package may be nested inside the one that asks for it.
    const wrapper = createRequire(from).resolve('@foundry-rs/anvil/package.json');
    return dirname(createRequire(wrapper).resolve(`${platformPackage}/package.json`));
  } catch {
    return undefined;
  }
};

/**
 * The anvil program of the installed npm package, looked for from here and from the working directory (an `npx` run
 * lives elsewhere than the project). The program itself and not its JavaScript wrapper, so that a signal reaches it.
 *
 * @throws ConfigurationError with the command that installs it.
 */
export const anvilBinary = (): string => {
  const platformPackage = `@foundry-rs/anvil-${platform()}-${ARCHITECTURES[arch()] ?? arch()}`;
  const here = pathToFileURL(join(process.cwd(), 'package.json')).href;
  const folder = resolveFrom(import.meta.url, platformPackage) ?? resolveFrom(here, platformPackage);
  if (folder === undefined)
    throw new ConfigurationError(
      `the local chain needs ${platformPackage}: run "npm install -D @foundry-rs/anvil"`,
    );
  return join(folder, 'bin', platform() === 'win32' ? 'anvil.exe' : 'anvil');
};
