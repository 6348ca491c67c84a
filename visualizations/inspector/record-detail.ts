import type { EventRecord, FeedRecord, RunningTimer, Step } from '../../src/inspect/protocol.ts';
import { copyButton } from './copy-button.ts';
import { h, setAttribute } from './dom.ts';
import {
  clockText,
  countdownText,
  delayText,
  eventText,
  plural,
  shownText,
  stateText,
  wordsOf,
} from './format.ts';
import { glyph } from './icons.ts';
import { outcomeOf, recordEvent } from './record-words.ts';
import type { Rendered } from './render-loop.ts';
import type { Store } from './store.ts';
import { timerText } from './summary-text.ts';

/** Everything that one record tells, below the list. */
export class RecordDetail implements Rendered {
  readonly #root: HTMLElement;
  readonly #store: Store;
  #shown: FeedRecord | 'gone' | undefined;

  constructor(root: HTMLElement, store: Store) {
    this.#root = root;
    this.#store = store;
  }

  render(): void {
    const { selectedSeq, selectedRecord, view } = this.#store;
    const isOpen = selectedSeq !== undefined && view !== 'context';
    setAttribute(this.#root, 'hidden', !isOpen);
    const shown = selectedSeq === undefined ? undefined : (selectedRecord ?? 'gone');
    if (!isOpen || shown === this.#shown) return;
    this.#shown = shown;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#root.replaceChildren(
      ...(shown === 'gone' || shown === undefined ? this.#gone(selectedSeq) : this.#content(shown)),
    );
    this.#root.scrollTop = 0;
    if (hadFocus) this.#root.querySelector<HTMLElement>('.close')?.focus();
  }

  #gone(seq: number): readonly Node[] {
    const isExpected = this.#store.model.log.records.length === 0;
    const text = isExpected
      ? `Waiting for record ${seq}…`
      : `Record ${seq} is not here: history has dropped it, or it is of another run.`;
    return [this.#head(`record ${seq}`, []), h('p', { class: 'muted' }, text)];
  }

  #head(title: string, more: readonly Node[]): HTMLElement {
    const close = h(
      'button',
      { type: 'button', class: 'button icon-only small close', 'aria-label': 'Close', title: 'Close (Esc)' },
      glyph('close'),
    );
    close.addEventListener('click', () => {
      this.#store.select(undefined);
      document.getElementById('log')?.focus();
    });
    return h('div', { class: 'detail-head' }, h('h3', { class: 'code' }, title), ...more, close);
  }

  #content(record: FeedRecord): readonly Node[] {
    const link = copyButton(
      'link to this record',
      () => new URL(this.#store.hashOf(record.seq), location.href).href,
    );
    link.dataset['testid'] = 'copy-link';
    const head = this.#head(recordEvent(record), [
      h('span', { class: 'muted code' }, `${clockText(record.at, true)}  #${record.seq}`),
      link,
    ]);
    const rows: Node[] = [this.#row('Actor', this.#who(record))];
    rows.push(...this.#outcome(record));
    if (record.kind === 'event') rows.push(...this.#eventRows(record));
    if (record.kind === 'started') rows.push(...startedRows(record));
    return [head, h('dl', { class: 'facts' }, ...rows)];
  }

  #row(label: string, ...values: readonly (Node | string)[]): HTMLElement {
    return factRow(label, ...values);
  }

  #who(record: FeedRecord): Node {
    const { nameOf } = this.#store.model;
    const open = (id: string): Node => {
      const name = nameOf(id);
      if (this.#store.model.actors.get(id)?.machine === undefined) return h('span', {}, name);
      const button = h('button', { type: 'button', class: 'link' }, name);
      button.addEventListener('click', () => this.#store.pickActor(name));
      return button;
    };
    if (record.kind !== 'event') return open(record.actor);
    if (record.from === record.actor) return h('span', {}, open(record.actor), ' by itself');
    const from = record.from === undefined ? 'outside' : open(record.from);
    return h('span', {}, from, ' → ', open(record.actor));
  }

  #outcome(record: FeedRecord): readonly Node[] {
    const { badge, text } = outcomeOf(record);
    if (badge !== undefined) {
      return [
        this.#row('Came to', h('span', { class: `badge badge-${badge}` }, glyph(badge), badge), ` ${text}`),
      ];
    }
    return record.kind === 'event' || text === '' ? [] : [this.#row('Came to', text)];
  }

  #eventRows({ change, steps, event, context, timers }: EventRecord): readonly Node[] {
    const { type: _, ...payload } = event;
    const rows: Node[] = [];
    if (change !== undefined)
      rows.push(this.#row('State', stateText(change.from), ' → ', h('b', {}, stateText(change.to))));
    if (change?.reason !== undefined) rows.push(this.#row('Reason', wordsOf(change.reason)));
    if (event.type !== eventText(event.type))
      rows.push(this.#row('Type', h('span', { class: 'code' }, event.type)));
    const told = steps.filter(
      ({ guards, actions, edges }) => guards.length + actions.length + edges.length > 0,
    );
    if (told.length > 0)
      rows.push(
        this.#row(
          plural(told.length, 'Step').replace(/^1 /, ''),
          h('ol', { class: 'steps' }, ...told.map(stepItem)),
        ),
      );
    if (Object.keys(payload).length > 0)
      rows.push(this.#row('Event', h('pre', { tabindex: 0 }, JSON.stringify(payload, undefined, 2))));
    if (context !== undefined && Object.keys(context).length > 0) {
      const fields = Object.entries(context).map(([name, value]) =>
        h('div', { class: 'code' }, h('span', { class: 'key' }, name), ' = ', shownText(value, 400)),
      );
      rows.push(this.#row('Context', ...fields));
    }
    if (timers !== undefined)
      rows.push(this.#row('Timers', ...(timers.length === 0 ? ['none any more'] : timers.map(timerLine))));
    return rows;
  }
}

const factRow = (label: string, ...values: readonly (Node | string)[]): HTMLElement =>
  h('div', { class: 'fact' }, h('dt', {}, label), h('dd', {}, ...values));

function stepItem({ guards, actions, edges }: Step): HTMLElement {
  return h(
    'li',
    {},
    ...guards.map((guard) => h('span', { class: 'guard' }, `[${guard}] `)),
    ...(actions.length > 0 ? [h('span', { class: 'actions' }, `/ ${actions.join(', ')} `)] : []),
    h('span', { class: 'muted code edges' }, edges.join(' ')),
  );
}

const timerLine = (timer: RunningTimer): HTMLElement =>
  h(
    'div',
    {},
    h('b', { class: 'code' }, timerText(timer)),
    ` in ${countdownText(timer.leftMs)} of ${delayText(timer.delayMs)}`,
  );

function startedRows({ picture }: Extract<FeedRecord, { kind: 'started' }>): readonly Node[] {
  const { machine, parent } = picture;
  return [
    ...(parent === undefined ? [] : [factRow('Started by', parent)]),
    ...(machine === undefined
      ? []
      : [
          factRow('State', stateText(machine.value)),
          factRow('Context', h('pre', { tabindex: 0 }, JSON.stringify(machine.context, undefined, 2))),
        ]),
  ];
}
