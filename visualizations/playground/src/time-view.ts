import { h, setAttribute, setText } from '../../inspector/dom.ts';
import { glyph } from '../../inspector/icons.ts';
import { button } from './button.ts';
import type { Player } from './player.ts';
import type { Playground, Shown } from './playground.ts';
import { instantText } from './words.ts';

const JUMPS: readonly (readonly [string, string, number])[] = [
  ['+1 ms', '1', 1],
  ['+1 s', '2', 1_000],
  ['+10 s', '3', 10_000],
  ['+60 s', '4', 60_000],
];

const UNITS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 } as const;
const SPEEDS = [1, 10, 60] as const;

/** Moves the breaker's clock: by an amount, to its next timer, or with the clock on the wall. */
export class TimeView implements Shown {
  readonly #playground: Playground;
  readonly #player: Player;
  readonly #clock = h('output', { class: 'clock', 'aria-label': 'Simulated time', 'data-testid': 'clock' });
  readonly #amount = h('input', {
    type: 'text',
    inputmode: 'decimal',
    value: '5',
    'aria-label': 'Amount of time',
    'data-testid': 'amount',
  });
  readonly #unit = h(
    'select',
    { 'aria-label': 'Unit of the time', 'data-testid': 'unit' },
    ...Object.keys(UNITS).map((unit) => h('option', { value: unit, selected: unit === 's' }, unit)),
  );
  readonly #before: HTMLButtonElement;
  readonly #next: HTMLButtonElement;
  readonly #play: HTMLButtonElement;
  readonly #speeds: ReadonlyMap<number, HTMLButtonElement>;
  readonly keys: { readonly [key: string]: () => void };

  constructor(root: HTMLElement, playground: Playground, player: Player) {
    this.#playground = playground;
    this.#player = player;
    const toNext = () => this.#toNext(0);
    const toBefore = () => this.#toNext(1);
    const toggle = () => player.toggle();
    this.#before = button('1 ms before it', { key: 'b', testId: 'to-before' }, toBefore);
    this.#next = button('to the next timer', { key: 'n', testId: 'to-next' }, toNext);
    this.#play = button('', { key: 't', testId: 'play' }, toggle);
    this.#speeds = new Map(
      SPEEDS.map((speed) => [
        speed,
        button(`×${speed}`, { class: 'icon-only', testId: `speed-${speed}` }, () => player.setSpeed(speed)),
      ]),
    );
    const own = h(
      'form',
      { class: 'line-of' },
      this.#amount,
      this.#unit,
      h('button', { type: 'submit', class: 'button', 'data-testid': 'pass' }, 'Let it pass'),
    );
    own.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#passOwn();
    });
    root.append(
      h('div', { class: 'time-head' }, this.#clock, this.#play, ...this.#speeds.values()),
      h(
        'div',
        { class: 'buttons four' },
        ...JUMPS.map(([text, key, ms]) => button(text, { key, testId: `wait-${ms}` }, () => this.#pass(ms))),
      ),
      h('div', { class: 'buttons' }, this.#next, this.#before),
      own,
    );
    this.keys = {
      ...Object.fromEntries(JUMPS.map(([, key, ms]) => [key, () => this.#pass(ms)])),
      b: toBefore,
      n: toNext,
      t: toggle,
    };
  }

  render(): void {
    const { isPlaying, speed } = this.#player;
    setText(this.#clock, instantText(this.#playground.now));
    const toNext = this.#msToNext;
    setAttribute(this.#next, 'disabled', toNext === undefined);
    setAttribute(this.#before, 'disabled', toNext === undefined || toNext < 2);
    if (this.#play.getAttribute('aria-pressed') !== String(isPlaying)) {
      setAttribute(this.#play, 'aria-pressed', String(isPlaying));
      setAttribute(this.#play, 'aria-label', isPlaying ? 'Stop the time' : 'Let the time run');
      setAttribute(this.#play, 'title', isPlaying ? 'Stop the time' : 'Let the time run');
      this.#play.firstElementChild?.replaceChildren(glyph(isPlaying ? 'pause' : 'play'));
    }
    for (const [each, element] of this.#speeds) setAttribute(element, 'aria-pressed', String(each === speed));
  }

  /** Milliseconds to the timer that ends next; `undefined` when none runs. */
  get #msToNext(): number | undefined {
    const { run } = this.#playground.session;
    const [next] = run.view.due;
    return next && next.endsAt - run.now;
  }

  #toNext(early: number): void {
    const ms = (this.#msToNext ?? 0) - early;
    if (ms > 0) this.#pass(ms);
  }

  #passOwn(): void {
    const unit = this.#unit.value as keyof typeof UNITS;
    // What is no number of milliseconds is refused by the step itself, which says what is expected.
    this.#pass(Math.round(Number(this.#amount.value || Number.NaN) * UNITS[unit] * 1_000) / 1_000);
  }

  #pass(ms: number): void {
    this.#playground.do({ type: 'wait', ms });
  }
}
