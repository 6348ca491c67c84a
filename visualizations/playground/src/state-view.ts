import { h, setAttribute, setText } from '../../inspector/dom.ts';
import { eventText } from '../../inspector/format.ts';
import { shapeIcon } from '../../inspector/icons.ts';
import { lookOf } from '../../inspector/state-look.ts';
import { nextTimers } from '../../inspector/summary-text.ts';
import { button } from './button.ts';
import type { View } from './entry.ts';
import type { Playground, Shown } from './playground.ts';
import { delayText, instantText } from './words.ts';

type Count = 'failures' | 'successes' | 'probes' | 'generation' | 'openings';

const COUNTS: readonly (readonly [Count, string])[] = [
  ['failures', 'Failures in a row that still count'],
  ['successes', 'Successes of this HALF_OPEN'],
  ['probes', 'Probes that are out'],
  ['generation', 'Rises with every change of state; an outcome of an earlier one changes nothing'],
  ['openings', 'Openings since the last recovery, which the backoff goes by'],
];

/** The breaker at a glance: its state, its counts and what comes next by itself. */
export class StateView implements Shown {
  readonly #playground: Playground;
  readonly #state = h('p', { class: 'state', 'data-testid': 'state' });
  readonly #past = h('p', { class: 'past', hidden: true, 'data-testid': 'past' });
  readonly #pastText = h('span', {});
  readonly #counts = new Map<
    Count,
    { readonly value: HTMLElement; readonly most: HTMLElement; readonly box: HTMLElement }
  >();
  readonly #next = h('p', { class: 'next', 'data-testid': 'next' });
  readonly #bar = h('span', { class: 'progress-bar' });
  readonly #nextText = h('span', {});
  readonly #nextLeft = h('strong', { class: 'code left', 'data-testid': 'next-left' });
  readonly #nextMore = h('span', { class: 'muted' });
  #shownState = '';

  constructor(root: HTMLElement, playground: Playground) {
    this.#playground = playground;
    const tiles = COUNTS.map(([name, title]) => this.#tile(name, title));
    this.#past.append(
      this.#pastText,
      button('Back to now', { class: 'small', testId: 'back-to-now' }, () => playground.select(undefined)),
    );
    this.#next.append(
      h('span', { class: 'next-line' }, this.#nextText, this.#nextLeft, this.#nextMore),
      h('span', { class: 'progress', 'aria-hidden': 'true' }, this.#bar),
    );
    root.append(
      this.#past,
      h('div', { class: 'state-line' }, this.#state, h('dl', { class: 'counts' }, ...tiles)),
      this.#next,
    );
  }

  render(): void {
    const { view } = this.#playground;
    if (view.state !== this.#shownState) {
      this.#shownState = view.state;
      const look = lookOf(view.state);
      this.#state.className = `state tone-${look.tone}`;
      this.#state.replaceChildren(shapeIcon(look), h('span', { class: 'state-word' }, view.state));
    }
    this.#renderPast();
    this.#renderCounts(view);
    this.#renderNext(view);
  }

  #renderPast(): void {
    const { selected, entry, now } = this.#playground;
    setAttribute(this.#past, 'hidden', selected === undefined);
    if (entry !== undefined)
      setText(this.#pastText, `As it was after step ${entry.step + 1}, at ${instantText(now)}.`);
  }

  #renderCounts(view: View): void {
    const { policy } = this.#playground.session.scenario;
    const most: { readonly [name in Count]?: number } = {
      failures: policy.failureThreshold,
      successes: policy.successThreshold,
      probes: policy.halfOpenMaxProbes,
    };
    for (const [name, { value, most: of, box }] of this.#counts) {
      setText(value, String(view[name]));
      const limit = most[name];
      setText(of, limit === undefined ? '' : ` of ${limit}`);
      box.classList.toggle('is-zero', view[name] === 0);
    }
  }

  #renderNext({ due, state }: View): void {
    const { now } = this.#playground;
    const [timer, ...others] = nextTimers(due);
    const [soonest] = due;
    setAttribute(this.#next, 'data-running', timer !== undefined);
    if (timer === undefined || soonest === undefined) {
      setText(
        this.#nextText,
        state === 'ISOLATED' ? 'Waits for a RESET.' : 'No timer runs: time changes nothing.',
      );
      setText(this.#nextLeft, '');
      setText(this.#nextMore, '');
      this.#bar.style.width = '0';
      return;
    }
    const leftMs = soonest.endsAt - now;
    const what =
      soonest.target === undefined
        ? eventText(soonest.event)
        : `${soonest.target} (${eventText(soonest.event)})`;
    setText(this.#nextText, `${what} in `);
    setText(this.#nextLeft, delayText(leftMs));
    const more = timer.count - 1 + others.reduce((sum, { count }) => sum + count, 0);
    setText(this.#nextMore, more === 0 ? '' : ` and ${more} more`);
    this.#bar.style.width = `${100 * (1 - Math.min(1, leftMs / Math.max(1, timer.delayMs)))}%`;
  }

  #tile(name: Count, title: string): HTMLElement {
    const value = h('span', { class: 'count-value', 'data-testid': name });
    const most = h('span', { class: 'count-most muted' });
    const box = h('div', { class: 'count', title }, h('dt', {}, name), h('dd', {}, value, most));
    this.#counts.set(name, { value, most, box });
    return box;
  }
}
