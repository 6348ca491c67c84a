import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { EXIT, type ExitCode } from './exit-codes.ts';
import { describeFailure } from './failure.ts';

/** Adds one subcommand. What it needs beyond its options it imports when it runs. */
export type RegisterCommand = (program: Command) => void;

/** The `treasury` program with the given subcommands; it throws where commander would end the process. */
export function createProgram(commands: readonly RegisterCommand[]): Command {
  const program = new Command('treasury')
    .description(packageJson.description)
    .version(packageJson.version)
    .showSuggestionAfterError()
    .exitOverride()
    // Every error reaches the terminal through runProgram, in one form.
    .configureOutput({ outputError: () => {}, writeErr: () => {} });
  for (const register of commands) register(program);
  return program;
}

/** Parses and runs a command line. Resolves with the exit code; an error stands on standard error by then. */
export async function runProgram(program: Command, args: readonly string[]): Promise<ExitCode> {
  try {
    if (args.length === 0) {
      throw new CommanderError(EXIT.usage, 'treasury.noCommand', 'no command given');
    }
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Help and version come as errors, too.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    const { exitCode, message } = describeFailure(withRemedy(error, program, args));
    process.stderr.write(`${message}\n`);
    return exitCode;
  }
}

/** Commander says what is wrong with the command line; where to read what is right is added here. */
function withRemedy(error: unknown, program: Command, args: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error;
  const named = program.commands.find((command) => args.includes(command.name()));
  const help = named === undefined ? 'treasury --help' : `treasury ${named.name()} --help`;
  // Commander would print the help where a subcommand is missing.
  const isBare = error.code === 'commander.help';
  const text = isBare ? 'no subcommand given' : error.message.replace(/^error: /, '').replace(/\.$/, '');
  return new CommanderError(error.exitCode, error.code, `${text}: see "${help}"`);
}
