import type { TimerView } from './actor-view.ts';
import { setAttribute, setText, svg } from './dom.ts';
import { countdownText } from './format.ts';

interface Ring {
  readonly timer: TimerView;
  readonly circles: readonly Element[];
  readonly badge: SVGGElement;
  readonly text: SVGTextElement;
}

const BADGE_WIDTH = 40;
const BADGE_HEIGHT = 17;

/** Rings and seconds of the timers that run, on the drawing's delayed edges. */
export class Countdown {
  readonly #drawing: SVGSVGElement;
  #timers: readonly TimerView[] | undefined;
  #rings: readonly Ring[] = [];

  constructor(drawing: SVGSVGElement) {
    this.#drawing = drawing;
  }

  /** @param now the server's time, epoch milliseconds */
  show(timers: readonly TimerView[], now: number): void {
    if (timers !== this.#timers) {
      this.#timers = timers;
      this.#place(timers);
    }
    for (const { timer, circles, text } of this.#rings) {
      const leftMs = Math.max(0, timer.endsAt - now);
      const part = timer.delayMs > 0 ? 100 * (1 - Math.min(1, leftMs / timer.delayMs)) : 100;
      for (const circle of circles) setAttribute(circle, 'stroke-dasharray', `${part.toFixed(1)} 100`);
      setText(text, countdownText(leftMs));
    }
  }

  #place(timers: readonly TimerView[]): void {
    for (const { circles, badge } of this.#rings) {
      badge.remove();
      for (const circle of circles) circle.setAttribute('stroke-dasharray', '0 100');
    }
    for (const item of this.#drawing.querySelectorAll('.is-running')) item.classList.remove('is-running');
    this.#rings = timers.flatMap((timer) => this.#ring(timer) ?? []);
  }

  #ring(timer: TimerView): Ring | undefined {
    for (const edge of timer.edges) {
      const items = [...this.#drawing.querySelectorAll(`[data-edge~="${CSS.escape(edge)}"]`)];
      const item = items.find((one) => one.querySelector('.countdown') !== null);
      const pill = item?.closest('.label')?.querySelector('.pill');
      if (item === undefined || pill === null || pill === undefined) continue;
      for (const one of items) one.classList.add('is-running');
      const at = (name: string): number => Number(pill.getAttribute(name));
      const [x, y] = [at('x') + at('width') - BADGE_WIDTH / 2, at('y') - BADGE_HEIGHT / 2 - 2];
      const text = svg('text', {
        x: x + BADGE_WIDTH / 2,
        y: y + 12.5,
        'text-anchor': 'middle',
        class: 'countdown-left',
      });
      const badge = svg(
        'g',
        { class: 'countdown-badge' },
        svg('rect', { x, y, width: BADGE_WIDTH, height: BADGE_HEIGHT, rx: BADGE_HEIGHT / 2 }),
        text,
      );
      this.#drawing.append(badge);
      return { timer, circles: [...item.querySelectorAll('.countdown')], badge, text };
    }
    return undefined;
  }
}
