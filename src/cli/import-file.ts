import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ImportConflictError, type ImportResult, type Store } from '../store/store.ts';
import { InputError, InputFileError } from './input-error.ts';
import { parseCsv } from './parse-csv.ts';
import { parseJson } from './parse-json.ts';
import type { ParsedRows } from './parse-rows.ts';
import { printable, quoted } from './printable.ts';

/** Half of what one JavaScript string can hold, and about a million rows. */
const MAX_INPUT_BYTES = 256 * 1024 * 1024;

/** The rows of a file and the name that messages give it. */
export interface DisbursementFile extends ParsedRows {
  readonly source: string;
}

/**
 * Parses disbursements. What is called `.json` or begins with a bracket is JSON, for no CSV with the right header
 * does; anything else is CSV.
 *
 * @throws InputFileError with every problem found.
 */
export function parseDisbursements(text: string, source: string): DisbursementFile {
  const isJson = extname(source).toLowerCase() === '.json' || /^\s*[[{]/.test(text);
  return { ...(isJson ? parseJson(text, source) : parseCsv(text, source)), source };
}

/**
 * Reads a file of disbursements; `-` is standard input.
 *
 * @throws InputError when it cannot be read; InputFileError when it is not UTF-8 or has a problem in any row.
 */
export async function readDisbursements(path: string): Promise<DisbursementFile> {
  const source = path === '-' ? 'standard input' : path;
  return parseDisbursements(decode(await readBytes(path, source), source), source);
}

/**
 * Imports a file as a whole, or nothing of it. A row that is stored already with the same payload counts as repeated,
 * like one that the file itself repeats.
 *
 * @throws InputFileError naming line and id when a stored row has the id with another payload.
 */
export async function importDisbursementFile(
  store: Pick<Store, 'importDisbursements'>,
  file: DisbursementFile,
  options: { readonly now: number },
): Promise<ImportResult> {
  try {
    const { imported, repeated } = await store.importDisbursements(file.rows, options);
    return { imported, repeated: repeated + file.repeated };
  } catch (error) {
    if (!(error instanceof ImportConflictError)) throw error;
    const message =
      `${quoted(error.id)} is stored with another ${error.fields.join(', ')}; an id is paid once, ` +
      'so another payment needs an id of its own';
    throw new InputFileError(file.source, [{ line: file.lineOf(error.id), column: 'id', message }], {
      cause: error,
    });
  }
}

async function readBytes(path: string, source: string): Promise<Buffer> {
  try {
    return path === '-' ? await buffer(process.stdin) : await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new InputError(
      `${printable(source)} cannot be read (${READ_FAULTS[code] ?? code}): check the path and its permissions`,
      { cause: error },
    );
  }
}

const READ_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
};

function decode(bytes: Buffer, source: string): string {
  if (bytes.length > MAX_INPUT_BYTES) {
    throw new InputError(`${printable(source)} has more than ${MAX_INPUT_BYTES} bytes: split it`);
  }
  if (!isUtf8(bytes)) {
    const message = 'expected UTF-8 text: save the file as UTF-8';
    throw new InputFileError(source, [{ line: badLine(bytes), column: undefined, message }]);
  }
  // Drops a byte order mark, which spreadsheets write.
  return new TextDecoder().decode(bytes);
}

/** The first line that is not UTF-8. No byte of a longer sequence is a line feed, so lines can be looked at alone. */
function badLine(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    if (!isUtf8(bytes.subarray(start, end))) return line;
    line += 1;
    start = end + 1;
  }
  return line;
}
