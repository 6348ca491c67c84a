import { type JsonNode, JsonSyntaxError, parseJsonTree } from './parse-json-tree.ts';
import { type ParsedRows, type PlaceOf, RowCollector } from './parse-rows.ts';
import { quoted } from './printable.ts';
import { textPositions } from './text-position.ts';

/** Long enough to recognize a value by. */
const MAX_SHOWN = 200;

const pathText = (index: number, path: readonly (string | number)[]): string =>
  `[${index}]${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`;

/**
 * Reads disbursements from a JSON array of objects with the fields of the CSV header, `amount` a string,
 * `scheduledEpoch` a number and `dependsOn` an array; these last two and `memo` may be left out.
 *
 * @throws InputFileError with every problem, each with line, column and path.
 */
export function parseJson(text: string, source: string): ParsedRows {
  const collector = new RowCollector();
  const positionOf = textPositions(text);
  const shown = (node: JsonNode): string =>
    text.slice(node.start, Math.min(node.end, node.start + MAX_SHOWN));
  const reportAt = (offset: number, message: string): void => {
    const { line, column } = positionOf(offset);
    collector.report({ line, column: String(column), message });
  };
  const placesOf = (row: JsonNode, index: number): PlaceOf => {
    return (path) => {
      let nearest = row;
      let found: JsonNode | undefined = row;
      for (const step of path) {
        found = found?.children?.get(step);
        nearest = found ?? nearest;
      }
      const { line, column } = positionOf(nearest.start);
      return {
        line,
        column: `${column} (${pathText(index, path)})`,
        text: found === undefined ? undefined : shown(found),
      };
    };
  };
  try {
    const root = parseJsonTree(text);
    if (Array.isArray(root.value)) {
      for (const [index, row] of root.children ?? []) {
        collector.add(row.value, placesOf(row, Number(index)));
      }
    } else {
      reportAt(root.start, `expected an array of rows, got ${quoted(shown(root))}`);
    }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const rest = text.slice(error.offset, error.offset + MAX_SHOWN);
    reportAt(error.offset, `${error.message}, got ${rest === '' ? 'the end of the file' : quoted(rest, 20)}`);
  }
  return collector.finish(source);
}
