import { type Check, ok } from './check.ts';
import { findingOf } from './from-error.ts';

/** Whether the token of whoever may order the breaker over HTTP is its owner's alone, and long enough. */
export const control: Check = {
  name: 'control',
  async examine({ options: { controlTokenFile } }) {
    if (controlTokenFile === undefined) {
      return [ok('no --control-token-file: nobody isolates or resets the breaker over HTTP')];
    }
    const { readControlTokenFile } = await import('../control-token-file.ts');
    try {
      await readControlTokenFile(controlTokenFile);
    } catch (error) {
      return [findingOf(error, '(umask 077; openssl rand -hex 32 > control.token), and name that file')];
    }
    return [ok('a token, readable by its owner only')];
  },
};
