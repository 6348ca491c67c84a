import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The sample disbursements that come with the package, wherever it is installed. */
export function samplesFile(): string {
  const packageJson = createRequire(import.meta.url).resolve('treasury-breaker/package.json');
  return join(dirname(packageJson), 'examples', 'disbursements.csv');
}
