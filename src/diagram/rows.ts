import { type ChartInvoke, type ChartState, type ChartTransition, isIgnore } from './chart.ts';
import { actionSpans, type Entry, entriesOf, entryLine, spaced } from './entries.ts';
import type { Line, Span } from './text.ts';

/** A row in the box of a state. */
export interface Row {
  readonly kind: 'note' | 'transition' | 'ignore';
  /** Ids of the transitions that it tells; none for a note. */
  readonly transitions: readonly string[];
  readonly line: Line;
}

/** A transition that leads nowhere else is a row in its state's box, every other one is an edge. */
export const isRow = ({ source, targets }: ChartTransition): boolean =>
  targets.every((target) => target === source);

/** What the box of a state says beneath its name: actors and actions, what it does without leaving, what it ignores. */
export function rowsOf(state: ChartState): Row[] {
  const inside = state.transitions.filter(isRow);
  const acting = entriesOf(inside.filter((transition) => !isIgnore(transition) && !isSelf(transition)));
  const returning = entriesOf(inside.filter(isSelf));
  const ignoring = Map.groupBy(entriesOf(inside.filter(isIgnore)), ({ guard }) => guard);
  return [
    ...state.invokes.map((invoke) => note('invoke', [{ text: invokeText(invoke), tone: 'action' }])),
    ...(state.entry.length > 0 ? [note('entry', actionSpans(state.entry))] : []),
    ...(state.exit.length > 0 ? [note('exit', actionSpans(state.exit))] : []),
    ...acting.map((entry) => transitionRow(entry, entryLine(entry))),
    ...returning.map((entry) => transitionRow(entry, entryLine(entry, { text: 'to itself', tone: 'muted' }))),
    ...[...ignoring].map(([guard, entries]) => ignoreRow(guard, entries)),
  ];
}

const isSelf = ({ targets }: ChartTransition): boolean => targets.length > 0;

/** XState numbers the actors of a state that have no id of their own: such an id says nothing. */
const invokeText = ({ id, source }: ChartInvoke): string =>
  id === source || /^\d+\./.test(id) ? source : `${source} as ${id}`;

function note(kind: string, spans: readonly Span[]): Row {
  return { kind: 'note', transitions: [], line: spaced([{ text: kind, tone: 'muted' }, ...spans]) };
}

const idsOf = ({ transitions }: Entry): string[] => transitions.map(({ id }) => id);

const transitionRow = (entry: Entry, line: Line): Row => ({
  kind: 'transition',
  transitions: idsOf(entry),
  line,
});

function ignoreRow(guard: string, entries: readonly Entry[]): Row {
  const triggers = entries.map(({ trigger }) => trigger).join(', ');
  const line: Line =
    guard === ''
      ? [{ text: `ignores: ${triggers}`, tone: 'muted' }]
      : [
          { text: 'ignores ', tone: 'muted' },
          { text: guard, tone: 'guard' },
          { text: `: ${triggers}`, tone: 'muted' },
        ];
  return { kind: 'ignore', transitions: entries.flatMap(idsOf), line };
}
