import type { FeedRecord } from '../../src/inspect/protocol.ts';
import { h, setAttribute, setText, svg } from './dom.ts';
import { newStateText, plural, shortName } from './format.ts';
import { indexAfter } from './list-keys.ts';
import type { Rendered } from './render-loop.ts';
import { LEFT, messageGroup, messageId, NARROWEST_LANE, STEP, TOP } from './sequence-drawing.ts';
import { type SequenceLayout, sequenceOf } from './sequence-layout.ts';
import type { Store } from './store.ts';
import { isCrowd } from './tabs.ts';

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
    const { view, lines, selectedSeq } = this.#store;
    if (view !== 'sequence' || this.#width === 0) return;
    const records = lines.read();
    const key = `${lines.generation} ${records.length} ${records.at(-1)?.seq} ${this.#width}`;
    const now = performance.now();
    if (key !== this.#shown && now - this.#drawnAt < SHORTEST_PAUSE_MS) {
      setTimeout(this.#requestFrame, SHORTEST_PAUSE_MS);
    } else if (key !== this.#shown) {
      this.#shown = key;
      this.#drawnAt = now;
      this.#layout = this.#layOut(records);
      this.#draw();
    }
    this.#mark(selectedSeq);
  }

  #layOut(records: readonly FeedRecord[]): SequenceLayout {
    const { selection, model } = this.#store;
    const crowds = selection.tabs.filter(isCrowd).flatMap(({ actors }) => actors);
    const passing = new Set(crowds.map(({ name }) => name));
    const lasting = selection.tabs.filter((tab) => !isCrowd(tab)).flatMap(({ actors }) => actors);
    const laneOf = (id: string): string => {
      const actor = model.actors.get(id);
      const isPart = actor !== undefined && actor.machine === undefined && actor.parent !== undefined;
      return isPart ? laneOf(actor.parent) : model.nameOf(id);
    };
    return sequenceOf(records, {
      laneOf,
      lasting: lasting.map(({ name }) => name),
      isPassing: (name) => passing.has(name) || name.includes(':'),
      changeText,
      mostPassing: Math.min(
        6,
        Math.max(2, Math.floor((this.#width - LEFT) / NARROWEST_LANE) - lasting.length - 2),
      ),
    });
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
    const head = h('span', { class: 'lane-head', title: name }, shortName(name));
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

function changeText(record: FeedRecord): string | undefined {
  if (record.kind !== 'event' || record.change === undefined) return undefined;
  return newStateText(record.change.from, record.change.to);
}
