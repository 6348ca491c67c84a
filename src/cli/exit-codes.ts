/**
 * Every exit code of the `treasury` command, after sysexits.h. Scripts and service managers rely on them.
 *
 * Which error leads to which code is decided in `failure.ts`, and nowhere else.
 */
export const EXIT = {
  /** Done, or stopped quietly because the reader of a pipe went away. */
  ok: 0,
  /** A drill, doctor or audit found a fault; also an error that nobody foresaw. */
  fault: 1,
  /** The command line itself is wrong: unknown option, missing argument, a value that a flag cannot take. */
  usage: 64,
  /**
   * The data that was given is wrong: an input file that is missing, unreadable or has a bad row, a row that
   * contradicts a stored one, an id that the store does not have.
   */
  badInput: 65,
  /** RPC endpoint or database server unreachable at the start. */
  unreachable: 69,
  /** The store cannot be trusted to keep what it is given, or output could not be written. */
  storage: 74,
  /** Not finished within the time allowed: run it again. */
  tempFail: 75,
  /** Only an operator can mend it: no store at that path, an unsupported one, a foreign chain, a wrong key. */
  configuration: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
