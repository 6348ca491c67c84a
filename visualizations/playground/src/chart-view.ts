import { ChartMarks } from '../../inspector/chart-marks.ts';
import { ChartZoom } from '../../inspector/chart-zoom.ts';
import { Countdown } from '../../inspector/countdown.ts';
import { byId, h, setAttribute, setText } from '../../inspector/dom.ts';
import { lookOf } from '../../inspector/state-look.ts';
import { button } from './button.ts';
import type { Entry } from './entry.ts';
import type { Playground, Shown } from './playground.ts';

/** The chart as it was drawn when the page was made, alive. */
export class ChartView implements Shown {
  readonly #playground: Playground;
  readonly #drawing: SVGSVGElement;
  readonly #marks: ChartMarks;
  readonly #countdown: Countdown;
  readonly #zoom: ChartZoom;
  readonly #scale = h('output', { class: 'scale code', 'aria-label': 'Zoom' });
  readonly #scroller: HTMLElement;
  readonly keys: { readonly [key: string]: () => void };
  #shown: Entry | undefined;
  #seq = 0;
  #state = '';

  constructor(scroller: HTMLElement, tools: HTMLElement, playground: Playground) {
    this.#playground = playground;
    this.#scroller = scroller;
    setAttribute(scroller, 'tabindex', 0);
    setAttribute(scroller, 'role', 'region');
    setAttribute(scroller, 'aria-label', 'State chart');
    const drawing = byId('chart').querySelector('svg');
    if (drawing === null) throw new Error('the page has no drawing');
    this.#drawing = drawing;
    this.#marks = new ChartMarks(drawing, false);
    this.#countdown = new Countdown(drawing);
    this.#zoom = new ChartZoom(scroller, () =>
      setText(this.#scale, `${Math.round(this.#zoom.scale * 100)} %`),
    );
    this.#zoom.show(drawing);
    const fit = () => this.#zoom.fit();
    const zoomIn = () => this.#zoom.zoomIn();
    const zoomOut = () => this.#zoom.zoomOut();
    tools.append(
      button('−', { class: 'icon-only', title: 'Zoom out (-)' }, zoomOut),
      this.#scale,
      button('+', { class: 'icon-only', title: 'Zoom in (+)' }, zoomIn),
      button('Fit', { title: 'Fit to the width (0)' }, fit),
    );
    this.keys = { '+': zoomIn, '-': zoomOut, '0': fit };
  }

  render(): void {
    const { view, entry, now } = this.#playground;
    this.#marks.showActive(view.active, lookOf(view.state).tone, false);
    if (entry !== this.#shown || this.#seq === 0) {
      this.#shown = entry;
      this.#seq += 1;
      this.#marks.showTaken({ seq: this.#seq, edges: entry?.edges ?? [] }, true);
    }
    this.#countdown.show(view.due, now);
    if (view.state === this.#state) return;
    this.#state = view.state;
    setAttribute(this.#drawing, 'aria-label', `The state chart of the breaker. Active: ${view.state}.`);
    this.#bringIntoSight();
  }

  /** A state that is in sight already stays where the eye has found it. */
  #bringIntoSight(): void {
    const [box] = this.#marks.activeBoxes;
    if (box === undefined) return;
    const [place, room] = [box.getBoundingClientRect(), this.#scroller.getBoundingClientRect()];
    const isSeen =
      place.top >= room.top &&
      place.bottom <= room.bottom &&
      place.left >= room.left &&
      place.right <= room.right;
    if (!isSeen) this.#zoom.center(box);
  }
}
