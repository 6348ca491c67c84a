import { allStates, type ChartState } from './chart.ts';
import { edgesOf } from './edges.ts';
import { entryLine } from './entries.ts';
import { found } from './found.ts';
import { rowsOf } from './rows.ts';
import type { Line } from './text.ts';

/**
 * The chart as Mermaid `stateDiagram-v2` text. What a state with children does without leaving is a note beside it,
 * since only a leaf can have a text in Mermaid.
 */
export function mermaidText(chart: ChartState): string {
  const names = mermaidNames(chart);
  // An edge that is written inside a state pulls the states that it names into it, so all of them stand at the end.
  const edges = edgesOf(chart).flatMap(({ source, target, entries }) =>
    entries.map(
      (entry) => `${found(names, source)} --> ${found(names, target)} : ${plain(entryLine(entry))}`,
    ),
  );
  return `${['stateDiagram-v2', ...indented([...stateLines(chart, names), ...edges])].join('\n')}\n`;
}

function stateLines(state: ChartState, names: ReadonlyMap<string, string>): string[] {
  const name = found(names, state.id);
  const declaration = `state "${escapeMermaid(titleOf(state))}" as ${name}`;
  const rows = rowsOf(state).map(({ line }) => plain(line));
  const ending = state.kind === 'final' ? [`${name} --> [*]`] : [];
  if (state.states.length === 0) return [declaration, ...rows.map((row) => `${name} : ${row}`), ...ending];
  const children = state.states.map((child) => stateLines(child, names));
  const separator = state.kind === 'parallel' ? ['--'] : [];
  return [
    `${declaration} {`,
    ...indented([
      ...state.initial.map((target) => `[*] --> ${found(names, target)}`),
      ...children.flatMap((lines, i) => (i === 0 ? lines : [...separator, ...lines])),
    ]),
    '}',
    ...(rows.length > 0 ? [`note right of ${name}`, ...indented(rows), 'end note'] : []),
  ];
}

function titleOf({ kind, key, history }: ChartState): string {
  if (kind !== 'history') return key;
  return `${key} (${history} history)`;
}

const RESERVED = ['as', 'class', 'default', 'direction', 'end', 'note', 'root', 'state', 'style'];

/** The key of a state where that is a name for Mermaid and no other state has it; its id made into one otherwise. */
function mermaidNames(chart: ChartState): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(RESERVED);
  for (const { id, key } of allStates(chart)) {
    const word = id.replaceAll(/\W/g, '_');
    const candidates = [...(/^[A-Za-z]\w*$/.test(key) ? [key] : []), word];
    let name = candidates.find((candidate) => !taken.has(candidate.toLowerCase()));
    for (let i = 2; name === undefined; i += 1) {
      if (!taken.has(`${word}_${i}`.toLowerCase())) name = `${word}_${i}`;
    }
    taken.add(name.toLowerCase());
    names.set(id, name);
  }
  return names;
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const plain = (line: Line): string => escapeMermaid(line.map(({ text }) => text).join(''));

/** Mermaid's own entities, for what would end a label, begin a tag or an entity, or be read as an arrow. */
const escapeMermaid = (text: string): string =>
  text.replaceAll(/[&<>"'`#;{}%\\\n\r]|--/g, (found) =>
    [...found].map((character) => `#${character.codePointAt(0)};`).join(''),
  );
