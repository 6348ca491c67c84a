import type { Disbursement } from '../../machines/index.ts';
import { InputFileError, type InputProblem } from './input-error.ts';
import { checkRow } from './parse-row.ts';
import { quoted } from './printable.ts';

/** Where a value stands in the file, and its text there. */
export interface Place {
  readonly line: number;
  readonly column: string | undefined;
  /** As the file has it; `undefined` when the value is absent. */
  readonly text: string | undefined;
}

/** Finds the place of a value of one row; an empty path means the row itself. */
export type PlaceOf = (path: readonly (string | number)[]) => Place;

/** The rows of one file, each id once. */
export interface ParsedRows {
  readonly rows: readonly Disbursement[];
  /** Rows that said the same as an earlier one of the file. */
  readonly repeated: number;
  /** The line on which an id was first met. */
  readonly lineOf: (id: string) => number | undefined;
}

interface Seen {
  readonly row: Disbursement;
  readonly line: number;
}

const sorted = (ids: readonly string[]): string => [...ids].sort().join(';');

function differingFields(one: Disbursement, other: Disbursement): string[] {
  const plain = (['destination', 'amount', 'memo', 'scheduledEpoch'] as const).filter(
    (field) => one[field] !== other[field],
  );
  return sorted(one.dependsOn) === sorted(other.dependsOn) ? plain : [...plain, 'dependsOn'];
}

/**
 * Gathers the rows of one file, and everything that is wrong with them: a file is taken as a whole or not at all, and
 * whoever mends it wants to see all of it at once.
 */
export class RowCollector {
  readonly #seen = new Map<string, Seen>();
  readonly #problems: InputProblem[] = [];
  #repeated = 0;

  /** Checks one row, given in the shape of the JSON format. */
  add(value: unknown, placeOf: PlaceOf): void {
    const { row, faults } = checkRow(value);
    if (row !== undefined) {
      this.#addRow(row, placeOf);
      return;
    }
    for (const { path, message } of faults) {
      const { line, column, text } = placeOf(path);
      this.#problems.push({
        line,
        column,
        message: `${message}, got ${text === undefined ? 'nothing' : quoted(text)}`,
      });
    }
  }

  /** Notes a fault of the file's form rather than of a value. */
  report(problem: InputProblem): void {
    this.#problems.push(problem);
  }

  /** The rows, if nothing was wrong. Throws {@link InputFileError} otherwise. */
  finish(source: string): ParsedRows {
    if (this.#problems.length > 0) throw new InputFileError(source, this.#problems);
    return {
      rows: [...this.#seen.values()].map(({ row }) => row),
      repeated: this.#repeated,
      lineOf: (id) => this.#seen.get(id)?.line,
    };
  }

  #addRow(row: Disbursement, placeOf: PlaceOf): void {
    const { line, column } = placeOf(['id']);
    const earlier = this.#seen.get(row.id);
    if (earlier === undefined) {
      this.#seen.set(row.id, { row, line });
      return;
    }
    const fields = differingFields(earlier.row, row);
    if (fields.length === 0) {
      this.#repeated += 1;
      return;
    }
    this.#problems.push({
      line,
      column,
      message: `expected an id of its own: line ${earlier.line} has ${quoted(row.id)} with another ${fields.join(', ')}`,
    });
  }
}
