import type { FeedRecord } from '../../src/inspect/protocol.ts';
import { h, setAttribute, setText } from './dom.ts';
import { clockText, newStateText, shortName, stateText } from './format.ts';
import { glyph, shapeIcon } from './icons.ts';
import { outcomeOf, recordEvent } from './record-words.ts';
import { lookOf } from './state-look.ts';

export const ROW_HEIGHT = 26;

interface Parts {
  readonly time: HTMLElement;
  readonly who: HTMLElement;
  readonly event: HTMLElement;
  readonly outcome: HTMLElement;
  record?: FeedRecord;
}

const parts = new WeakMap<HTMLElement, Parts>();

export function createLogRow(): HTMLElement {
  const time = h('span', { class: 'when code' });
  const who = h('span', { class: 'who' });
  const event = h('span', { class: 'what code' });
  const outcome = h('span', { class: 'outcome' });
  const row = h(
    'div',
    { class: 'line', role: 'option', 'aria-selected': 'false' },
    time,
    who,
    event,
    outcome,
  );
  parts.set(row, { time, who, event, outcome });
  return row;
}

export interface LogRowState {
  readonly nameOf: (id: string) => string;
  readonly index: number;
  readonly count: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
}

export const rowId = (seq: number): string => `line-${seq}`;

export function fillLogRow(row: HTMLElement, record: FeedRecord, state: LogRowState): void {
  setAttribute(row, 'aria-selected', String(state.isSelected));
  setAttribute(row, 'aria-setsize', state.count);
  setAttribute(row, 'aria-posinset', state.index + 1);
  row.classList.toggle('is-active', state.isActive);
  const known = parts.get(row);
  if (known === undefined || known.record === record) return;
  known.record = record;
  row.id = rowId(record.seq);
  setAttribute(row, 'data-seq', record.seq);
  setAttribute(row, 'data-at', record.at);
  setAttribute(row, 'data-kind', record.kind);
  setAttribute(row, 'data-verdict', record.kind === 'event' ? record.verdict : undefined);
  row.classList.toggle('is-internal', record.isInternal === true);
  setText(known.time, clockText(record.at, true));
  fillWho(known.who, record, state.nameOf);
  const event = recordEvent(record);
  setText(known.event, event);
  known.event.title = record.kind === 'event' ? record.event.type : event;
  fillOutcome(known.outcome, record);
}

function fillWho(cell: HTMLElement, record: FeedRecord, nameOf: (id: string) => string): void {
  const to = nameOf(record.actor);
  const arrow = (text: string, words: string) =>
    h(
      'span',
      { class: 'arrow' },
      h('span', { 'aria-hidden': 'true' }, text),
      h('span', { class: 'unseen' }, words),
    );
  if (record.kind !== 'event') cell.replaceChildren(h('span', { class: 'name' }, shortName(to)));
  else if (record.from === record.actor)
    cell.replaceChildren(h('span', { class: 'name' }, shortName(to)), arrow('↻', ' itself'));
  else {
    const from = record.from === undefined ? 'outside' : nameOf(record.from);
    cell.replaceChildren(
      h('span', { class: record.from === undefined ? 'name muted' : 'name' }, shortName(from)),
      arrow('→', ' to '),
      h('span', { class: 'name' }, shortName(to)),
    );
  }
  cell.title = `${record.kind === 'event' && record.from !== undefined ? `${nameOf(record.from)} → ` : ''}${to}`;
}

function fillOutcome(cell: HTMLElement, record: FeedRecord): void {
  const { badge, text } = outcomeOf(record);
  const children: Node[] = [];
  if (record.kind === 'event' && record.change !== undefined) children.push(changeMark(record.change));
  if (badge !== undefined) {
    children.push(h('span', { class: `badge badge-${badge}` }, glyph(badge), badge));
  }
  if (text !== '') children.push(h('span', { class: badge === undefined ? 'guard' : 'reason' }, text));
  cell.replaceChildren(...children);
  cell.title =
    record.kind === 'event' && record.change !== undefined
      ? `${stateText(record.change.from)} → ${stateText(record.change.to)}${text === '' ? '' : ` — ${text}`}`
      : text;
}

/** `FROM → TO`, of nested states only what is new. */
function changeMark({
  from,
  to,
}: {
  readonly from: Parameters<typeof stateText>[0];
  readonly to: Parameters<typeof stateText>[0];
}): HTMLElement {
  const look = lookOf(to);
  return h(
    'span',
    { class: `to tone-${look.tone}` },
    ...(typeof from === 'string'
      ? [
          h('span', { class: 'from' }, from),
          h('span', { class: 'arrow', 'aria-hidden': 'true' }, '→'),
          h('span', { class: 'unseen' }, ' to '),
        ]
      : []),
    shapeIcon(look),
    h('b', {}, newStateText(from, to)),
  );
}
