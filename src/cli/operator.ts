import { userInfo } from 'node:os';

/** Who gives an order by this command, for the audit. */
export const operator = (): string => `cli:${userName()}`;

/** A process may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `${process.getuid?.()}`;
  }
}
