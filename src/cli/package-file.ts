import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A file that comes with the package, wherever it is installed. */
export function packageFile(...path: readonly string[]): string {
  const packageJson = createRequire(import.meta.url).resolve('treasury-breaker/package.json');
  return join(dirname(packageJson), ...path);
}
