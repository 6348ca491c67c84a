import { printable } from './printable.ts';

/** Data that was given is wrong; the command ends with exit code 65. The message names the remedy. */
export class InputError extends Error {
  override readonly name: string = 'InputError';
}

/** One thing that is wrong in an input file. */
export interface InputProblem {
  /** Counts from 1; `undefined` when the fault lies with the file as a whole. */
  readonly line: number | undefined;
  /** CSV: the column's name. JSON: the character's place in the line, and the path of the value. */
  readonly column: string | undefined;
  /** What was expected and what was found. */
  readonly message: string;
}

/** More than this helps nobody: they mostly have one cause. */
const MAX_LISTED_PROBLEMS = 20;

function describe({ line, column, message }: InputProblem): string {
  const place = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ].join(', ');
  return printable(place === '' ? message : `${place}: ${message}`);
}

function summarize(source: string, problems: readonly InputProblem[]): string {
  const [first] = problems;
  if (first !== undefined && problems.length === 1) {
    return `${printable(source)}, ${describe(first)}: nothing was imported, correct it and import the file again`;
  }
  const hidden = problems.length - MAX_LISTED_PROBLEMS;
  return [
    `${printable(source)}, ${problems.length} problems: nothing was imported, correct them and import the file again`,
    ...problems.slice(0, MAX_LISTED_PROBLEMS).map((problem) => `  ${describe(problem)}`),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
  ].join('\n');
}

/**
 * A file that cannot be imported, with everything that is wrong in it. The message is one line for one problem, and
 * for several a summary with one line each below, up to twenty.
 */
export class InputFileError extends InputError {
  override readonly name = 'InputFileError';
  /** The file's name as it was given; `standard input` for `-`. */
  readonly source: string;
  readonly problems: readonly InputProblem[];
  constructor(source: string, problems: readonly InputProblem[], options?: ErrorOptions) {
    super(summarize(source, problems), options);
    this.source = source;
    this.problems = problems;
  }
}
