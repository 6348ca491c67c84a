import type { Charts } from './charts.ts';
import { h, setAttribute, setText } from './dom.ts';
import {
  clockText,
  countdownText,
  countText,
  durationText,
  eventText,
  instantText,
  stateText,
} from './format.ts';
import { shapeIcon } from './icons.ts';
import type { Rendered } from './render-loop.ts';
import { lookOf } from './state-look.ts';
import type { Store } from './store.ts';
import { causeOf, nextTimers, sinceOf, waitingText } from './summary-text.ts';
import type { MachineActor } from './tabs.ts';

const MOST_TIMERS = 3;

/** The five answers about the selected actor: what state, why, since when, what next, what was refused. */
export class SummaryView implements Rendered {
  readonly #store: Store;
  readonly #charts: Charts;
  readonly #name = h('h2', { class: 'subject' });
  readonly #kind = h('span', { class: 'muted' });
  readonly #state = h('dd', { class: 'state', 'data-testid': 'state' });
  readonly #why = h('dd', { 'data-testid': 'why' });
  readonly #since = h('dd', { 'data-testid': 'since' });
  readonly #next = h('dd', { 'data-testid': 'next' });
  readonly #refused = h('dd', { 'data-testid': 'refused' });
  readonly #answers: HTMLElement;
  readonly #empty = h('p', { class: 'empty' });
  #shown = '';
  #clocks: (() => void)[] = [];

  constructor(root: HTMLElement, store: Store, charts: Charts) {
    this.#store = store;
    this.#charts = charts;
    const row = (label: string, value: HTMLElement) =>
      h('div', { class: 'answer' }, h('dt', {}, label), value);
    this.#answers = h(
      'dl',
      { class: 'answers' },
      row('State', this.#state),
      row('Why', this.#why),
      row('Since', this.#since),
      row('Next', this.#next),
      row('Refused', this.#refused),
    );
    root.append(h('div', { class: 'subject-line' }, this.#name, this.#kind), this.#empty, this.#answers);
  }

  render(): void {
    const { actor, model, isPaused } = this.#store;
    setAttribute(this.#answers, 'hidden', actor === undefined);
    setAttribute(this.#empty, 'hidden', actor !== undefined);
    if (actor === undefined) {
      setText(
        this.#empty,
        model.instance === undefined ? 'Waiting for the first picture…' : 'No machine is registered yet.',
      );
      setText(this.#name, '');
      setText(this.#kind, '');
      this.#shown = '';
      return;
    }
    const ways = this.#charts.waysOut(actor.machine.chart, actor.machine.active);
    const key = `${actor.id} ${actor.name} ${actor.status} ${actor.machine.changes[0]?.seq} ${actor.machine.refused.count} ${actor.machine.timers.map((timer) => `${timer.event}@${timer.endsAt}`)} ${actor.machine.accepts} ${ways.size} ${isPaused}`;
    if (key !== this.#shown) {
      this.#shown = key;
      this.#clocks = [];
      this.#fill(actor, ways);
    }
    for (const tick of this.#clocks) tick();
  }

  #fill(actor: MachineActor, ways: ReadonlySet<string>): void {
    const { machine } = actor;
    setText(this.#name, actor.name);
    setText(this.#kind, actor.name === machine.id ? '' : machine.id);
    this.#fillState(actor);
    this.#fillWhy(actor);
    this.#fillSince(actor);
    this.#fillNext(actor, ways);
    this.#fillRefused(actor);
  }

  #fillState({ machine, status, error }: MachineActor): void {
    const look = lookOf(machine.value, status);
    const text = stateText(machine.value);
    this.#state.className = `state tone-${look.tone}${text.length > 22 ? ' is-long' : ''}`;
    this.#state.replaceChildren(
      shapeIcon(look),
      h('span', { class: 'state-word' }, text),
      ...(status === 'active'
        ? []
        : [h('span', { class: 'ended' }, status === 'error' ? `failed: ${error ?? 'unknown'}` : status)]),
    );
  }

  #fillWhy(actor: MachineActor): void {
    const [change] = actor.machine.changes;
    if (change === undefined) {
      this.#why.replaceChildren(
        actor.startedAt === undefined ? 'began before what is known here' : 'it was started so',
      );
      return;
    }
    const { event, sender, guards, reason } = causeOf(change, actor.name);
    const words = [guards, reason].filter((text, i, all) => text !== '' && all.indexOf(text) === i);
    this.#why.replaceChildren(
      h('strong', { class: 'code' }, event),
      ` ${sender}`,
      ...(words.length > 0 ? [h('span', { class: 'because' }, ` — ${words.join(' · ')}`)] : []),
      ' ',
      this.#link('see the record', () => this.#openRecord(change.seq), 'why-link'),
    );
  }

  #fillSince(actor: MachineActor): void {
    const since = sinceOf(actor);
    if (since === undefined) {
      this.#since.replaceChildren('before this page was told');
      return;
    }
    const clock = h('strong', { class: 'code' });
    const duration = h('span', { class: 'muted', 'data-testid': 'since-duration' });
    this.#since.replaceChildren(clock, ' ', duration);
    const until = actor.endedAt;
    this.#clocks.push(() => {
      const { now } = this.#store;
      setText(clock, instantText(since, now));
      setText(
        duration,
        until === undefined
          ? `for ${durationText(Math.max(1_000, now - since))}`
          : `until ${clockText(until)}, ${durationText(until - since)}`,
      );
    });
  }

  #fillNext(actor: MachineActor, ways: ReadonlySet<string>): void {
    const timers = nextTimers(actor.machine.timers);
    const lines = timers.slice(0, MOST_TIMERS).map(({ text, detail, endsAt, delayMs, count }, index) => {
      const left = h('span', {
        class: 'code countdown-text',
        'data-testid': index === 0 ? 'next-countdown' : undefined,
      });
      const times = count > 1 ? ` and ${count - 1} more` : '';
      const bar = h(
        'span',
        { class: 'progress', 'aria-hidden': 'true' },
        h('span', { class: 'progress-bar' }),
      );
      this.#clocks.push(() => {
        const leftMs = Math.max(0, endsAt - this.#store.now);
        setText(left, countdownText(leftMs));
        const part = bar.firstElementChild as HTMLElement;
        part.style.width = `${100 * (1 - Math.min(1, leftMs / Math.max(1, delayMs)))}%`;
      });
      return h(
        'div',
        { class: index === 0 ? 'timer first' : 'timer' },
        h('span', {}, h('strong', { class: 'code' }, text), ' in ', left),
        index === 0 ? bar : undefined,
        h('span', { class: 'muted' }, `${detail}${times}`),
      );
    });
    const rest = timers.length - lines.length;
    if (rest > 0) lines.push(h('div', { class: 'timer muted' }, `and ${rest} other timers`));
    if (lines.length === 0) this.#next.replaceChildren(waitingText(actor, ways));
    else this.#next.replaceChildren(...lines);
  }

  #fillRefused({ name, machine }: MachineActor): void {
    const { count, last } = machine.refused;
    if (count === 0 || last === undefined) {
      this.#refused.replaceChildren(h('span', { class: 'muted' }, 'nothing since then'));
      return;
    }
    this.#refused.replaceChildren(
      h('strong', { class: 'code', 'data-testid': 'refused-count' }, countText(count)),
      ' — last ',
      h('span', { class: 'code' }, eventText(last.what)),
      `: ${last.reason}`,
      h('span', { class: 'muted' }, ` at ${clockText(last.at)} `),
      this.#link(
        'show them',
        () => {
          this.#store.setFilter({ kind: 'refused', actor: name });
          this.#store.show('log');
        },
        'refused-link',
      ),
    );
  }

  #openRecord(seq: number): void {
    if (this.#store.view === 'context') this.#store.show('log');
    this.#store.select(seq);
  }

  #link(text: string, onClick: () => void, testId: string): HTMLButtonElement {
    const button = h('button', { type: 'button', class: 'link', 'data-testid': testId }, text);
    button.addEventListener('click', onClick);
    return button;
  }
}
