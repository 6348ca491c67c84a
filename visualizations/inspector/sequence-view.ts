import type { FeedRecord } from '../../src/inspect/protocol.ts';
import { h, setAttribute, setText, svg } from './dom.ts';
import { clockText, newStateText, plural } from './format.ts';
import { indexAfter } from './list-keys.ts';
import type { Rendered } from './render-loop.ts';
import { type SequenceLayout, type SequenceMessage, sequenceOf } from './sequence-layout.ts';
import type { Store } from './store.ts';
import { isCrowd } from './tabs.ts';

const STEP = 30;
const TOP = 10;
const LEFT = 74;
const NARROWEST_LANE = 92;
/** Drawn as a whole each time, so not more often than that. */
const SHORTEST_PAUSE_MS = 100;

/** Who sent what to whom, the newest at the bottom: the same records that the log shows. */
export class SequenceView implements Rendered {
  readonly #store: Store;
  readonly #requestFrame: () => void;
  readonly #heads = h('div', { class: 'lane-heads', 'aria-hidden': 'true' });
  readonly #scroller = h('div', {
    class: 'sequence',
    role: 'listbox',
    tabindex: 0,
    'aria-label': 'Sequence of messages, newest last',
    'data-testid': 'sequence',
  });
  readonly #note = h('p', { class: 'empty' });
  #layout: SequenceLayout = { lanes: [], messages: [], omitted: 0 };
  #shown = '';
  #drawnAt = 0;
  #width = 0;
  #isAtEnd = true;
  #revealed: number | undefined;

  constructor(panel: HTMLElement, store: Store, requestFrame: () => void) {
    this.#store = store;
    this.#requestFrame = requestFrame;
    panel.append(this.#scroller, this.#note);
    this.#scroller.addEventListener('scroll', () => {
      const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
      this.#isAtEnd = scrollTop + clientHeight >= scrollHeight - STEP;
    });
    this.#scroller.addEventListener('click', (event) => {
      const hit = event.target instanceof Element ? event.target.closest('[data-seq]') : null;
      if (hit !== null) store.select(Number(hit.getAttribute('data-seq')));
    });
    this.#scroller.addEventListener('keydown', (event) => this.#onKey(event));
    new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry?.contentRect.width ?? 0);
      requestFrame();
    }).observe(this.#scroller);
  }

  render(): void {
    const { view, lines, selection, model, selectedSeq } = this.#store;
    if (view !== 'sequence' || this.#width === 0) return;
    const records = lines.read();
    const key = `${lines.generation} ${records.length} ${records.at(-1)?.seq} ${this.#width}`;
    const now = performance.now();
    if (key !== this.#shown && now - this.#drawnAt < SHORTEST_PAUSE_MS) {
      setTimeout(this.#requestFrame, SHORTEST_PAUSE_MS);
    } else if (key !== this.#shown) {
      this.#shown = key;
      this.#drawnAt = now;
      const passing = new Set(
        selection.tabs.filter(isCrowd).flatMap(({ actors }) => actors.map(({ name }) => name)),
      );
      this.#layout = sequenceOf(records, {
        nameOf: model.nameOf,
        isPassing: (name) => passing.has(name) || name.includes(':'),
        changeText,
      });
      this.#draw();
    }
    this.#mark(selectedSeq);
  }

  #draw(): void {
    const { lanes, messages, omitted } = this.#layout;
    const laneWidth = Math.max(NARROWEST_LANE, (this.#width - LEFT - 8) / Math.max(1, lanes.length));
    const width = LEFT + laneWidth * lanes.length;
    const height = TOP + messages.length * STEP + 14;
    const xOf = (lane: number): number => LEFT + laneWidth * (lane + 0.5);
    this.#heads.replaceChildren(...lanes.map((name, lane) => this.#head(name, xOf(lane), laneWidth)));
    this.#heads.style.width = `${width}px`;
    const drawing = svg(
      'svg',
      { class: 'sequence-drawing', width, height, viewBox: `0 0 ${width} ${height}`, role: 'presentation' },
      ...lanes.map((_, lane) => svg('path', { class: 'lane', d: `M${xOf(lane)} 0V${height}` })),
      ...messages.map((message, i) => messageGroup(message, lanes, TOP + STEP * (i + 0.6), xOf, width)),
    );
    this.#scroller.replaceChildren(this.#heads, drawing);
    setAttribute(this.#note, 'hidden', messages.length > 0);
    setText(this.#note, messages.length > 0 ? '' : 'No record passes the filter.');
    this.#scroller.title = omitted > 0 ? `${plural(omitted, 'earlier message')} not drawn` : '';
    if (this.#isAtEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #head(name: string, x: number, laneWidth: number): HTMLElement {
    const head = h('span', { class: 'lane-head', title: name }, name);
    head.style.left = `${x - laneWidth / 2 + 3}px`;
    head.style.width = `${laneWidth - 6}px`;
    return head;
  }

  #mark(seq: number | undefined): void {
    for (const old of this.#scroller.querySelectorAll('.is-selected')) {
      if (old.id === messageId(seq)) continue;
      old.classList.remove('is-selected');
      old.setAttribute('aria-selected', 'false');
    }
    const message = document.getElementById(messageId(seq));
    message?.classList.add('is-selected');
    message?.setAttribute('aria-selected', 'true');
    setAttribute(this.#scroller, 'aria-activedescendant', message === null ? undefined : messageId(seq));
    if (seq === this.#revealed) return;
    this.#revealed = seq;
    message?.scrollIntoView({ block: 'nearest' });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { messages } = this.#layout;
    const index = indexAfter(event.key, {
      index: messages.findIndex(({ seq }) => seq === this.#store.selectedSeq),
      count: messages.length,
      page: Math.max(1, Math.floor(this.#scroller.clientHeight / STEP)),
    });
    const message = index === undefined ? undefined : messages[index];
    if (message === undefined) return;
    event.preventDefault();
    this.#store.select(message.seq);
  }
}

const messageId = (seq: number | undefined): string => `message-${seq ?? 'none'}`;

function changeText(record: FeedRecord): string | undefined {
  if (record.kind !== 'event' || record.change === undefined) return undefined;
  return newStateText(record.change.from, record.change.to);
}

function messageGroup(
  message: SequenceMessage,
  lanes: readonly string[],
  y: number,
  xOf: (lane: number) => number,
  width: number,
): SVGGElement {
  const { seq, at, from, to, label, kind, change } = message;
  const [x1, x2] = [xOf(from), xOf(to)];
  const isSelf = from === to;
  const name = `${clockText(at, true)} ${lanes[from]} to ${lanes[to]}: ${label}${kind === 'refused' ? ', came to nothing' : ''}${change === undefined ? '' : `, now ${change}`}`;
  return svg(
    'g',
    {
      class: `message message-${kind}`,
      id: messageId(seq),
      role: 'option',
      'aria-selected': 'false',
      'aria-label': name,
      'data-seq': seq,
      'data-at': at,
    },
    svg('rect', { class: 'hit', x: 0, y: y - STEP * 0.6, width, height: STEP }),
    svg('text', { class: 'message-time', x: 8, y: y + 4 }, clockText(at)),
    ...(isSelf ? selfArrow(x1, y, message) : arrow(x1, x2, y, message)),
  );
}

function arrow(
  x1: number,
  x2: number,
  y: number,
  { label, kind, change }: SequenceMessage,
): readonly SVGElement[] {
  const way = Math.sign(x2 - x1);
  const end = kind === 'refused' ? x2 - way * 14 : x2;
  const parts: SVGElement[] = [
    svg('path', { class: 'message-line', d: `M${x1} ${y}H${end - way * 6}` }),
    kind === 'refused'
      ? svg('path', { class: 'message-cross', d: `M${end - 4} ${y - 4}l8 8m0 -8l-8 8` })
      : svg('path', { class: 'message-head', d: `M${end} ${y}l${-way * 7} -4v8Z` }),
    svg('text', { class: 'message-label', x: (x1 + x2) / 2, y: y - 5, 'text-anchor': 'middle' }, label),
  ];
  if (change !== undefined)
    parts.push(
      svg(
        'text',
        { class: 'message-change', x: x2 + way * 6, y: y + 4, 'text-anchor': way > 0 ? 'start' : 'end' },
        change,
      ),
    );
  return parts;
}

function selfArrow(x: number, y: number, { label, kind, change }: SequenceMessage): readonly SVGElement[] {
  if (kind === 'life') {
    return [
      svg('circle', { class: 'message-dot', cx: x, cy: y, r: 4 }),
      svg('text', { class: 'message-label', x: x + 10, y: y + 4 }, label),
    ];
  }
  const text = change === undefined ? label : `${label} → ${change}`;
  return [
    svg('path', { class: 'message-line', d: `M${x} ${y - 6}h14v10h-8` }),
    kind === 'refused'
      ? svg('path', { class: 'message-cross', d: `M${x + 2} ${y}l8 8m0 -8l-8 8` })
      : svg('path', { class: 'message-head', d: `M${x} ${y + 4}l7 -4v8Z` }),
    svg('text', { class: 'message-label', x: x + 20, y: y + 3 }, text),
  ];
}
