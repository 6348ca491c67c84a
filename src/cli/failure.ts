import { EXIT, type ExitCode } from './exit-codes.ts';
import { InputFileError } from './input-error.ts';
import { printable } from './printable.ts';

/**
 * What each class of error means for whoever started the command.
 *
 * By name, not by `instanceof`: the classes live beside drivers that a command which does not need them must not load.
 */
const EXIT_BY_ERROR_NAME: Readonly<Record<string, ExitCode>> = {
  CommanderError: EXIT.usage,
  InputError: EXIT.badInput,
  InputFileError: EXIT.badInput,
  NotRequeueableError: EXIT.badInput,
  ChainUnreachableError: EXIT.unreachable,
  TargetUnreachableError: EXIT.unreachable,
  StorageError: EXIT.storage,
  OutputError: EXIT.storage,
  NotFinishedError: EXIT.tempFail,
  ConfigurationError: EXIT.configuration,
  ListenError: EXIT.configuration,
  ControlQueueFullError: EXIT.configuration,
  AuditFaultError: EXIT.fault,
  DrillFailedError: EXIT.fault,
  DoctorFaultError: EXIT.fault,
};

/**
 * URLs down to scheme, host and port: messages repeat what stood on the command line, and user, password, path and
 * query may hold credentials.
 */
const withBareUrls = (text: string): string =>
  text.replace(
    /([a-z][a-z0-9+.-]*:\/\/)(?:\S*@)?([^\s/?#,'")]*)([^\s,'")]*)/gi,
    (_url, scheme: string, host: string, rest: string) => `${scheme}${host}${rest === '' ? '' : '/…'}`,
  );

/** How a command ends that failed: the exit code, and what stands on standard error. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** One line, or for an input file with several problems a summary and a line for each. */
  readonly message: string;
}

/** Decides how an error ends the command. No stack trace ever reaches the terminal. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof InputFileError) {
    return { exitCode: EXIT.badInput, message: `treasury: ${error.message}` };
  }
  if (!(error instanceof Error)) {
    return {
      exitCode: EXIT.fault,
      message: `treasury: unexpected error: ${printable(withBareUrls(String(error)))}`,
    };
  }
  const text = printable(withBareUrls(error.message).replace(/\s*\n\s*/g, ' '));
  const exitCode = EXIT_BY_ERROR_NAME[error.name];
  if (exitCode !== undefined) return { exitCode, message: `treasury: ${text}` };
  return { exitCode: EXIT.fault, message: `treasury: unexpected ${printable(error.name)}: ${text}` };
}
