import { packageFile } from './package-file.ts';

/** The sample disbursements that come with the package. */
export const samplesFile = (): string => packageFile('examples', 'disbursements.csv');
