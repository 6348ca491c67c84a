import { CsvError, parse } from 'csv-parse/sync';
import { ROW_FIELDS } from './parse-row.ts';
import { type ParsedRows, type PlaceOf, RowCollector } from './parse-rows.ts';
import { quoted } from './printable.ts';

const HEADER = ROW_FIELDS.join(',');

interface Cell {
  readonly text: string;
  /** The line on which the cell begins: a quoted one may reach over several. */
  readonly line: number;
}

interface Records {
  readonly records: readonly (readonly Cell[])[];
  /** What stopped the reader, if it did not reach the end. */
  readonly fault?: { readonly line: number; readonly message: string };
}

const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'expected a closing quote: the quote that opens in this row is never closed',
  CSV_INVALID_CLOSING_QUOTE:
    'expected a comma or the end of the line behind a closing quote; a quote inside a quoted value is written twice',
  INVALID_OPENING_QUOTE:
    'expected a value with a quote in it to be quoted as a whole, and that quote written twice',
};

/** Lets csv-parse take the text apart, and finds the line on which each cell begins, which it does not tell. */
function readRecords(text: string): Records {
  const records: Cell[][] = [];
  let cells: Cell[] = [];
  // csv-parse counts both characters of a CRLF inside quotes.
  let overcount = 0;
  const locate = (cell: string, lines: number): Cell => {
    const line = lines - overcount - (cell.match(/[\r\n]/g)?.length ?? 0);
    overcount += cell.match(/\r\n/g)?.length ?? 0;
    return { text: cell, line };
  };
  try {
    parse(text, {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 0,
      cast: (cell, { lines }) => {
        cells.push(locate(cell, lines));
        return cell;
      },
      on_record: () => {
        records.push(cells);
        cells = [];
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const started = cells[0] ?? records.at(-1)?.at(-1);
    const line = cells.length > 0 ? (started?.line ?? 1) : rowBehind(text, started);
    return { records, fault: { line, message: FAULTS[error.code] ?? error.message } };
  }
  return { records };
}

/** The first line with something on it behind a cell, the last of its row. */
function rowBehind(text: string, cell: Cell | undefined): number {
  const lines = text.split(/\r\n|\n|\r/);
  const end = cell === undefined ? 0 : cell.line - 1 + cell.text.split(/\r\n|\n|\r/).length;
  const found = lines.findIndex((line, index) => index >= end && line !== '');
  return found + 1;
}

function describeHeader(names: readonly string[]): string {
  const fields: readonly string[] = ROW_FIELDS;
  const missing = fields.filter((field) => !names.includes(field));
  const unknown = names.filter((name) => !fields.includes(name));
  const remarks = [
    ...(missing.length > 0 ? [`missing ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`unknown ${unknown.map((name) => quoted(name)).join(', ')}`] : []),
  ];
  const remark = remarks.length > 0 ? remarks.join('; ') : 'these columns once each, in this order';
  return `expected the header ${HEADER}: ${remark}`;
}

const asEpoch = (text: string): unknown => {
  if (text === '') return 0;
  return /^[0-9]+$/.test(text) ? Number(text) : text;
};

/** A record in the shape of the JSON format. An empty cell of an optional column means its default. */
function toRow(cells: readonly Cell[]): unknown {
  const [id, destination, amount, memo, scheduledEpoch = '', dependsOn = ''] = cells.map(({ text }) => text);
  return {
    id,
    destination,
    amount,
    memo,
    scheduledEpoch: asEpoch(scheduledEpoch),
    dependsOn: dependsOn === '' ? [] : dependsOn.split(';'),
  };
}

/**
 * Reads disbursements from CSV (RFC 4180: CRLF or LF, quotes doubled inside quotes, values may span lines) with the
 * header `id,destination,amount,memo,scheduledEpoch,dependsOn`. Empty lines are skipped, spaces are not trimmed.
 *
 * @throws InputFileError with every problem, each with its line and column.
 */
export function parseCsv(text: string, source: string): ParsedRows {
  const collector = new RowCollector();
  const { records, fault } = readRecords(text);
  const [header, ...rows] = records;
  if (header === undefined && fault === undefined) {
    collector.report({
      line: 1,
      column: undefined,
      message: `expected the header ${HEADER}, got an empty file`,
    });
  }
  const names = header?.map((cell) => cell.text) ?? [];
  if (header !== undefined && names.join(',') !== HEADER) {
    collector.report({ line: header[0]?.line, column: undefined, message: describeHeader(names) });
    // Without its header, every row would be wrong in the same way.
    return collector.finish(source);
  }
  for (const cells of rows) addRecord(collector, cells);
  if (fault !== undefined) collector.report({ ...fault, column: undefined });
  return collector.finish(source);
}

function addRecord(collector: RowCollector, cells: readonly Cell[]): void {
  const line = cells[0]?.line ?? 1;
  if (cells.length !== ROW_FIELDS.length) {
    const message = `expected ${ROW_FIELDS.length} values separated by commas, got ${cells.length}`;
    collector.report({ line, column: undefined, message });
    return;
  }
  const placeOf: PlaceOf = ([field, entry]) => {
    const cell = cells[(ROW_FIELDS as readonly unknown[]).indexOf(field)];
    const text = typeof entry === 'number' ? cell?.text.split(';')[entry] : cell?.text;
    return { line: cell?.line ?? line, column: typeof field === 'string' ? field : undefined, text };
  };
  collector.add(toRow(cells), placeOf);
}
