import { setAttribute } from './dom.ts';

const SMALLEST = 0.25;
const LARGEST = 3;
/** Fitted to the width, but never smaller than can be read nor larger than is of use. */
const SMALLEST_FIT = 0.8;
const LARGEST_FIT = 1.25;
const STEP = 1.2;
const MARGIN = 24;

/** Size and place of a drawing in the panel that it scrolls in: fitted, zoomed, dragged, pinched. */
export class ChartZoom {
  readonly #scroller: HTMLElement;
  readonly #onChange: () => void;
  #drawing: SVGSVGElement | undefined;
  #width = 0;
  #height = 0;
  #scale = 1;
  #isFitted = true;
  #lastHeight = 0;
  readonly #pointers = new Map<number, PointerEvent>();
  #pinch: { readonly distance: number; readonly scale: number } | undefined;

  constructor(scroller: HTMLElement, onChange: () => void) {
    this.#scroller = scroller;
    this.#onChange = onChange;
    scroller.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    scroller.addEventListener('pointerdown', (event) => this.#onDown(event));
    scroller.addEventListener('pointermove', (event) => this.#onMove(event));
    for (const type of ['pointerup', 'pointercancel'] as const)
      scroller.addEventListener(type, (event) => this.#onUp(event));
    scroller.addEventListener('scroll', onChange, { passive: true });
    new ResizeObserver(() => {
      this.#resized();
      onChange();
    }).observe(scroller);
  }

  get scale(): number {
    return this.#scale;
  }

  show(drawing: SVGSVGElement): void {
    this.#drawing = drawing;
    const [, , width = 1, height = 1] = drawing.getAttribute('viewBox')?.split(' ').map(Number) ?? [];
    this.#width = width;
    this.#height = height;
    this.#scroller.replaceChildren(drawing);
    this.fit();
  }

  fit(): void {
    const room = (this.#scroller.clientWidth - MARGIN) / this.#width;
    this.#isFitted = true;
    this.#apply(Math.min(LARGEST_FIT, Math.max(SMALLEST_FIT, room)));
  }

  zoomIn(): void {
    this.#zoomTo(this.#scale * STEP);
  }

  zoomOut(): void {
    this.#zoomTo(this.#scale / STEP);
  }

  /** Scrolls so that the element is in the middle, at once. */
  center(element: Element): void {
    const box = element.getBoundingClientRect();
    const room = this.#scroller.getBoundingClientRect();
    this.#scroller.scrollLeft += box.left + box.width / 2 - (room.left + room.width / 2);
    this.#scroller.scrollTop += box.top + box.height / 2 - (room.top + room.height / 2);
  }

  #zoomTo(scale: number, x = this.#scroller.clientWidth / 2, y = this.#scroller.clientHeight / 2): void {
    const to = Math.min(LARGEST, Math.max(SMALLEST, scale));
    const factor = to / this.#scale;
    const { scrollLeft, scrollTop } = this.#scroller;
    this.#isFitted = false;
    this.#apply(to);
    // What is under the pointer stays there.
    this.#scroller.scrollLeft = (scrollLeft + x) * factor - x;
    this.#scroller.scrollTop = (scrollTop + y) * factor - y;
  }

  /** What is in the middle stays there. */
  #resized(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const middle = (scrollTop + this.#lastHeight / 2) / this.#scale;
    const hadPlace = scrollTop > 0 && this.#lastHeight > 0;
    if (this.#isFitted) this.fit();
    if (hadPlace) this.#scroller.scrollTop = middle * this.#scale - clientHeight / 2;
    this.#lastHeight = clientHeight;
  }

  #apply(scale: number): void {
    if (this.#drawing === undefined) return;
    this.#scale = scale;
    setAttribute(this.#drawing, 'width', Math.floor(this.#width * scale));
    setAttribute(this.#drawing, 'height', Math.floor(this.#height * scale));
    this.#onChange();
  }

  #onWheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = this.#scroller.getBoundingClientRect();
    this.#zoomTo(
      this.#scale * Math.exp(-event.deltaY / 300),
      event.clientX - box.left,
      event.clientY - box.top,
    );
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#pointers.set(event.pointerId, event);
    const [one, two] = [...this.#pointers.values()];
    if (one !== undefined && two !== undefined)
      this.#pinch = { distance: distanceOf(one, two), scale: this.#scale };
  }

  #onMove(event: PointerEvent): void {
    const last = this.#pointers.get(event.pointerId);
    if (last === undefined) return;
    this.#pointers.set(event.pointerId, event);
    const [one, two] = [...this.#pointers.values()];
    if (this.#pinch !== undefined && one !== undefined && two !== undefined) {
      const box = this.#scroller.getBoundingClientRect();
      const [x, y] = [(one.clientX + two.clientX) / 2 - box.left, (one.clientY + two.clientY) / 2 - box.top];
      this.#zoomTo((this.#pinch.scale * distanceOf(one, two)) / this.#pinch.distance, x, y);
      return;
    }
    // A finger scrolls by itself.
    if (event.pointerType === 'touch') return;
    this.#scroller.setPointerCapture(event.pointerId);
    this.#scroller.classList.add('is-dragged');
    this.#scroller.scrollLeft -= event.clientX - last.clientX;
    this.#scroller.scrollTop -= event.clientY - last.clientY;
  }

  #onUp(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#pointers.size < 2) this.#pinch = undefined;
    this.#scroller.classList.remove('is-dragged');
  }
}

const distanceOf = (a: PointerEvent, b: PointerEvent): number =>
  Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
