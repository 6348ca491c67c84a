import type { Charts } from './charts.ts';
import { h, setAttribute, setText } from './dom.ts';
import { clockText, countText, durationText, eventText, instantText, stateText } from './format.ts';
import { shapeIcon } from './icons.ts';
import { timerLines } from './next-timers.ts';
import type { Rendered } from './render-loop.ts';
import { lookOf } from './state-look.ts';
import type { Store } from './store.ts';
import { causeOf, nextTimers, sinceOf, waitingText } from './summary-text.ts';
import type { MachineActor } from './tabs.ts';

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
  readonly #asOf = h('span', { class: 'as-of', role: 'status', 'data-testid': 'as-of' });
  readonly #empty = h('p', {});
  readonly #token = h(
    'button',
    { type: 'button', class: 'button primary', 'data-testid': 'token-open' },
    'Enter the token',
  );
  readonly #instead = h('div', { class: 'empty' }, this.#empty, this.#token);
  #shown = '';
  #clocks: (() => void)[] = [];

  constructor(root: HTMLElement, store: Store, charts: Charts, openToken: () => void) {
    this.#store = store;
    this.#token.addEventListener('click', openToken);
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
    root.append(
      h('div', { class: 'subject-line' }, this.#name, this.#kind, this.#asOf),
      this.#instead,
      this.#answers,
    );
  }

  render(): void {
    const { actor, model, isPaused, connection } = this.#store;
    setAttribute(this.#answers, 'hidden', actor === undefined);
    setAttribute(this.#instead, 'hidden', actor !== undefined);
    this.#renderAsOf();
    if (actor === undefined) {
      const isLocked = connection.kind === 'locked';
      setAttribute(this.#token, 'hidden', !isLocked);
      setText(
        this.#empty,
        isLocked
          ? 'What happens here is shown with the token of the operator only.'
          : model.instance === undefined
            ? 'Waiting for the first picture…'
            : 'No machine is registered yet.',
      );
      setText(this.#name, '');
      setText(this.#kind, '');
      this.#shown = '';
      return;
    }
    const ways = this.#charts.waysOut(actor.machine.chart, actor.machine.active);
    const key = `${actor.id} ${actor.name} ${actor.status} ${actor.machine.changes[0]?.seq} ${actor.machine.refused.count} ${actor.machine.timers.map((timer) => `${timer.event}@${timer.endsAt}`)} ${actor.machine.accepts} ${ways.size} ${actor.startedAt} ${isPaused}`;
    if (key !== this.#shown) {
      this.#shown = key;
      this.#clocks = [];
      this.#fill(actor, ways);
    }
    for (const tick of this.#clocks) tick();
  }

  /** What is shown is old: nobody may take it for what is. */
  #renderAsOf(): void {
    const { lostAt, isPaused, now, model } = this.#store;
    const isOld = isPaused || (lostAt !== undefined && model.instance !== undefined);
    setText(
      this.#asOf,
      isOld ? `as of ${clockText(now)}${isPaused ? ', paused' : ': the connection is lost'}` : '',
    );
    this.#asOf.classList.toggle('is-paused', isPaused);
    document.documentElement.classList.toggle('is-old', isOld && !isPaused);
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
        actor.parent === undefined ? 'no change of state since it was first seen' : 'it began so',
      );
      return;
    }
    const { event, sender, guards, reason } = causeOf(change, actor.name);
    const words = [guards, reason].filter((text) => text !== '');
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
    this.#since.replaceChildren(clock, duration);
    const until = actor.endedAt;
    // What has no parent may have been there before anybody looked.
    const orEarlier = actor.machine.changes.length === 0 && actor.parent === undefined ? ' or earlier,' : '';
    this.#clocks.push(() => {
      const { now } = this.#store;
      setText(clock, instantText(since, now));
      setText(
        duration,
        until === undefined
          ? `${orEarlier} for ${durationText(Math.max(1_000, now - since))}`
          : ` until ${clockText(until)}, ${durationText(until - since)}`,
      );
    });
  }

  #fillNext(actor: MachineActor, ways: ReadonlySet<string>): void {
    const { lines, tick } = timerLines(nextTimers(actor.machine.timers));
    this.#clocks.push(() => tick(this.#store.now));
    this.#next.replaceChildren(...(lines.length === 0 ? [waitingText(actor, ways)] : lines));
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
