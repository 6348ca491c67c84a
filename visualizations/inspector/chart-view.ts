import { ChartMarks } from './chart-marks.ts';
import { ChartZoom } from './chart-zoom.ts';
import type { Charts } from './charts.ts';
import { Countdown } from './countdown.ts';
import { h, setAttribute, setText } from './dom.ts';
import { countdownText, stateText } from './format.ts';
import type { Rendered } from './render-loop.ts';
import { DISBURSEMENTS } from './selection.ts';
import { lookOf } from './state-look.ts';
import type { Store } from './store.ts';
import { timerText } from './summary-text.ts';
import type { MachineActor } from './tabs.ts';

interface Shown {
  readonly chart: string;
  readonly drawing: SVGSVGElement;
  readonly marks: ChartMarks;
  readonly countdown: Countdown;
  scroll: { left: number; top: number } | undefined;
}

/** The drawing of the selected actor's machine, alive. */
export class ChartView implements Rendered {
  readonly #store: Store;
  readonly #charts: Charts;
  readonly #root: HTMLElement;
  readonly #scroller = h('div', {
    class: 'chart-scroll',
    tabindex: 0,
    role: 'region',
    'aria-label': 'State chart',
    'data-testid': 'chart',
  });
  readonly #note = h('p', { class: 'empty chart-note' });
  readonly #goTo = h(
    'button',
    { type: 'button', class: 'button go-to', hidden: true, 'data-testid': 'go-to-active' },
    'Go to the active state',
  );
  readonly #scale = h('output', { class: 'scale code', 'aria-label': 'Zoom' });
  readonly zoom: ChartZoom;
  readonly #known = new Map<string, Shown>();
  #shown: Shown | undefined;
  #actorId: string | undefined;
  #title = '';
  #isMoved = true;

  constructor(root: HTMLElement, tools: HTMLElement, store: Store, charts: Charts, requestFrame: () => void) {
    this.#root = root;
    this.#store = store;
    this.#charts = charts;
    this.zoom = new ChartZoom(this.#scroller, () => {
      this.#isMoved = true;
      requestFrame();
    });
    const button = (text: string, label: string, testId: string, onClick: () => void) => {
      const element = h(
        'button',
        {
          type: 'button',
          class: 'button icon-only',
          'aria-label': label,
          title: label,
          'data-testid': testId,
        },
        text,
      );
      element.addEventListener('click', onClick);
      return element;
    };
    tools.append(
      button('−', 'Zoom out (-)', 'zoom-out', () => this.zoom.zoomOut()),
      this.#scale,
      button('+', 'Zoom in (+)', 'zoom-in', () => this.zoom.zoomIn()),
      button('Fit', 'Fit to the width (0)', 'zoom-fit', () => this.zoom.fit()),
    );
    this.#goTo.addEventListener('click', () => this.#goToActive());
    root.append(h('div', { class: 'chart-frame' }, this.#scroller, this.#note, this.#goTo));
  }

  render(): void {
    const { actor, selection } = this.#store;
    const isOpen = selection.key !== DISBURSEMENTS;
    setAttribute(this.#root, 'hidden', !isOpen);
    if (!isOpen) return;
    if (actor === undefined) {
      this.#say(this.#store.model.instance === undefined ? '' : 'No actor of this kind is alive now.');
      return;
    }
    const state = this.#charts.get(actor.machine.chart);
    if (state.kind !== 'there') {
      this.#say(state.kind === 'loading' ? 'Drawing…' : `The drawing could not be loaded. ${state.message}`);
      return;
    }
    this.#say('');
    this.#open(actor.machine.chart, state.svg);
    this.#showActor(actor);
  }

  /** Instead of the drawing. */
  #say(text: string): void {
    setAttribute(this.#scroller, 'hidden', text !== '');
    setAttribute(this.#note, 'hidden', text === '');
    setText(this.#note, text);
    if (text !== '') setAttribute(this.#goTo, 'hidden', true);
  }

  #open(chart: string, drawing: SVGSVGElement): void {
    if (this.#shown?.chart === chart) return;
    if (this.#shown !== undefined) {
      this.#shown.scroll = { left: this.#scroller.scrollLeft, top: this.#scroller.scrollTop };
    }
    const known = this.#known.get(chart);
    this.#shown = known ?? {
      chart,
      drawing,
      marks: new ChartMarks(drawing),
      countdown: new Countdown(drawing),
      scroll: undefined,
    };
    this.#known.set(chart, this.#shown);
    this.zoom.show(drawing);
    this.#actorId = undefined;
  }

  #showActor(actor: MachineActor): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    const { machine, status } = actor;
    const isSame = this.#actorId === actor.id;
    this.#actorId = actor.id;
    shown.marks.showActive(machine.active, lookOf(machine.value, status).tone, status !== 'active');
    // What an actor did before it was looked at is no news.
    shown.marks.showTaken(machine.taken, isSame);
    shown.countdown.show(machine.timers, this.#store.now);
    this.#describe(actor, shown.drawing);
    if (!isSame && shown.scroll === undefined) {
      shown.scroll = { left: 0, top: 0 };
      this.#goToActive();
    } else if (!isSame && shown.scroll !== undefined) {
      this.#scroller.scrollTo({ ...shown.scroll, behavior: 'instant' });
    }
    const key = `${shown.chart} ${machine.active}`;
    if (this.#isMoved || key !== this.#title) {
      this.#title = key;
      this.#isMoved = false;
      setAttribute(this.#goTo, 'hidden', this.#isActiveInSight(shown));
      setText(this.#scale, `${Math.round(this.zoom.scale * 100)}%`);
    }
  }

  #describe({ name, machine, status }: MachineActor, drawing: SVGSVGElement): void {
    const [timer] = machine.timers;
    const next =
      timer === undefined ? '' : ` ${timerText(timer)} in ${countdownText(timer.delayMs)} from its start.`;
    const over = status === 'active' ? '' : ` The actor has ended: ${status}.`;
    setAttribute(drawing, 'role', 'img');
    setAttribute(
      drawing,
      'aria-label',
      `State chart ${machine.id} of ${name}. Active: ${stateText(machine.value)}.${next}${over}`,
    );
  }

  #goToActive(): void {
    const [box] = this.#shown?.marks.activeBoxes ?? [];
    if (box !== undefined) this.zoom.center(box);
  }

  /** One of the active states is enough: parallel ones may be far apart. */
  #isActiveInSight(shown: Shown): boolean {
    const room = this.#scroller.getBoundingClientRect();
    const boxes = shown.marks.activeBoxes;
    return (
      boxes.length === 0 ||
      boxes.some((element) => {
        const box = element.getBoundingClientRect();
        return (
          box.bottom > room.top + 12 &&
          box.top < room.bottom - 12 &&
          box.right > room.left + 12 &&
          box.left < room.right - 12
        );
      })
    );
  }
}
