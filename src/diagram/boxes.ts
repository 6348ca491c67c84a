import type { ChartState } from './chart.ts';
import { type Counts, countSpans, withCount } from './counts.ts';
import type { ChartEdge } from './edges.ts';
import { actionSpans, type Entry } from './entries.ts';
import { type Row, rowsOf } from './rows.ts';
import { type Line, textWidth } from './text.ts';
import { fontOf, type SetLine, wrapLine } from './wrap.ts';

/** A line of text with its place: left end of the baseline, relative to its box. */
export interface PlacedLine extends SetLine {
  readonly x: number;
  readonly y: number;
}

export interface PlacedRow {
  readonly kind: Row['kind'];
  readonly transitions: readonly string[];
  readonly lines: readonly PlacedLine[];
}

/** How big a state's box has to be and where its text goes. For a state with children this is the head. */
export interface StateBox {
  readonly width: number;
  readonly height: number;
  readonly title: PlacedLine;
  readonly rows: readonly PlacedRow[];
}

export interface LabelItem {
  readonly transitions: readonly string[];
  readonly lines: readonly PlacedLine[];
}

/** The label of an edge. */
export interface LabelBox {
  readonly width: number;
  readonly height: number;
  readonly items: readonly LabelItem[];
}

/** Sizes of texts in px, which the style sheet repeats. */
export const TEXT_SIZE = { title: 14, transientTitle: 11, row: 11.5, label: 11.5 } as const;
/** Height of the part of a box that holds the title; the separator is at its end. */
export const TITLE_HEIGHT = 30;
const TRANSIENT_HEIGHT = 22;
const HISTORY_SIZE = 28;
const LINE_HEIGHT = 16;
const STATE_PADDING = 14;
const ROW_WIDTH = 250;
/** A label's trigger tells more than its actions, so it is not broken as soon. */
const TRIGGER_WIDTH = 170;
const LABEL_WIDTH = 150;
const LABEL_PADDING = 9;
/** On the side of a box for each edge: so far apart their arrowheads do not touch. */
const EDGE_ROOM = 14;
/** Room for the clock in the label of a delayed edge. */
export const CLOCK_WIDTH = 18;

/** @param degree number of edges that begin or end at the state */
export function stateBox(state: ChartState, degree: number, counts?: Counts): StateBox {
  if (state.kind === 'history') return historyBox(state);
  const size = state.isTransient ? TEXT_SIZE.transientTitle : TEXT_SIZE.title;
  const titleHeight = state.isTransient ? TRANSIENT_HEIGHT : TITLE_HEIGHT;
  const title = placed(nameLine(state.key, size), STATE_PADDING, titleHeight / 2 + size * 0.36);
  const rows: PlacedRow[] = [];
  let y = titleHeight + 4;
  for (const { kind, transitions, line } of rowsOf(state)) {
    const lines = wrapLine(withCount(line, countSpans(transitions, counts)), TEXT_SIZE.row, ROW_WIDTH).map(
      (set) => {
        y += LINE_HEIGHT;
        return placed(set, STATE_PADDING, y - 4);
      },
    );
    rows.push({ kind, transitions, lines });
  }
  const widths = [title, ...rows.flatMap(({ lines }) => lines)].map(({ indent, width }) => indent + width);
  const width = Math.ceil(Math.max(Math.max(...widths) + 2 * STATE_PADDING, degree * EDGE_ROOM, 84));
  if (rows.length > 0) return { width, height: y + 7, title, rows };
  const isBare = state.states.length === 0;
  return { width, height: titleHeight, title: isBare ? centered(title, width) : title, rows };
}

function historyBox({ history }: ChartState): StateBox {
  const line = nameLine(history === 'deep' ? 'H*' : 'H', TEXT_SIZE.row);
  const title = centered(placed(line, 0, HISTORY_SIZE / 2 + 4), HISTORY_SIZE);
  return { width: HISTORY_SIZE, height: HISTORY_SIZE, title, rows: [] };
}

function nameLine(text: string, size: number): SetLine {
  return { spans: [{ text, tone: 'name' }], indent: 0, width: textWidth(text, fontOf('name', size)) };
}

const placed = (line: SetLine, x: number, y: number): PlacedLine => ({ ...line, x: x + line.indent, y });

const centered = (line: PlacedLine, boxWidth: number): PlacedLine => ({
  ...line,
  x: (boxWidth - line.width) / 2,
});

export function labelBox({ entries, tone }: ChartEdge, counts?: Counts): LabelBox {
  const left = LABEL_PADDING + (tone === 'delayed' ? CLOCK_WIDTH : 0);
  let y = 5;
  let trigger: string | undefined;
  const items = entries.map((entry) => {
    const lines = entryLines(entry, entry.trigger === trigger, counts).map((line) => {
      y += LINE_HEIGHT;
      return placed(line, left, y - 4);
    });
    trigger = entry.trigger;
    y += 3;
    return { transitions: entry.transitions.map(({ id }) => id), lines };
  });
  const widths = items.flatMap(({ lines }) => lines).map(({ indent, width }) => indent + width);
  return { width: Math.ceil(Math.max(...widths) + left + LABEL_PADDING), height: y + 2, items };
}

/** Trigger, guard and actions under each other: a narrow label keeps the whole drawing narrow. */
function entryLines(
  { trigger, guard, actions, transitions }: Entry,
  isContinued: boolean,
  counts: Counts | undefined,
): SetLine[] {
  const [first] = transitions;
  const delay =
    first?.trigger.kind === 'after' && first.trigger.ms !== undefined ? first.trigger.name : undefined;
  const lines: Line[] = [];
  if (!isContinued) lines.push([{ text: trigger, tone: 'trigger' }]);
  if (!isContinued && delay !== undefined) lines.push([{ text: delay, tone: 'muted' }]);
  if (guard !== '') lines.push([{ text: guard, tone: 'guard' }]);
  if (actions.length > 0) lines.push(actionSpans(actions));
  const count = countSpans(
    transitions.map(({ id }) => id),
    counts,
  );
  if (count.length > 0) lines.push(count);
  return lines.flatMap((line) =>
    wrapLine(line, TEXT_SIZE.label, line[0]?.tone === 'trigger' ? TRIGGER_WIDTH : LABEL_WIDTH),
  );
}
