import { ChainUnreachableError, RpcFault } from '../../chain/rpc-fault.ts';
import { EXIT } from '../exit-codes.ts';
import { describeFailure } from '../failure.ts';
import { HttpFault } from '../http-get.ts';
import { type Finding, failed } from './check.ts';

/** These say what is wrong, and behind the last colon what to do. */
const WITH_REMEDY: readonly number[] = [EXIT.configuration, EXIT.storage];

/** Their messages are free of credentials, and name an address without its path. */
const MADE_TO_BE_SHOWN = [ChainUnreachableError, RpcFault, HttpFault];

/**
 * The finding of a check that threw: the error's own text where it is made to be shown, or the one that it would end a
 * command with. No secret is in it.
 *
 * @param remedy where the text has none
 */
export function findingOf(error: unknown, remedy?: string): Finding {
  if (MADE_TO_BE_SHOWN.some((type) => error instanceof type)) return failed((error as Error).message, remedy);
  const { exitCode, message } = describeFailure(error);
  const text = message.replace(/^treasury: /, '');
  if (isOfSystem(error)) return failed(text, remedy ?? 'check the path, its owner and its mode');
  const end = WITH_REMEDY.includes(exitCode) ? text.lastIndexOf(': ') : -1;
  return end < 0 ? failed(text, remedy) : failed(text.slice(0, end), text.slice(end + 2));
}

/** The system's own texts have colons of their own, and no remedy. */
const isOfSystem = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && 'syscall' in error.cause;
