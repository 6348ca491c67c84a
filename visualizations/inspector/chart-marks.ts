import { setAttribute, svg } from './dom.ts';
import type { StateLook } from './state-look.ts';

/** How long an edge that was taken stands out at its full strength; the style sheet lets it fade after that. */
const TAKEN_MS = 1_800;

/** What is active in a drawing and what was just taken. */
export class ChartMarks {
  readonly #drawing: SVGSVGElement;
  readonly #isFading: boolean;
  #active: readonly string[] = [];
  #markers: SVGElement[] = [];
  #takenSeq: number | undefined;
  #fade: ReturnType<typeof setTimeout> | undefined;

  /** @param isFading whether an edge that was taken stands out for a while only, or until the next one is */
  constructor(drawing: SVGSVGElement, isFading = true) {
    this.#drawing = drawing;
    this.#isFading = isFading;
  }

  /** Boxes of the active states that have no active state within. */
  get activeBoxes(): readonly Element[] {
    return this.#active
      .filter((id) => !this.#active.some((other) => other.startsWith(`${id}.`)))
      .flatMap((id) =>
        this.#find('data-state', id, '=').map((group) => group.querySelector(':scope > .state-box') ?? []),
      )
      .flat();
  }

  showActive(active: readonly string[], tone: StateLook['tone'], isOver: boolean): void {
    setAttribute(this.#drawing, 'data-tone', tone);
    this.#drawing.classList.toggle('is-over', isOver);
    if (active === this.#active) return;
    for (const id of this.#active)
      for (const group of this.#find('data-state', id, '=')) group.classList.remove('is-active', 'is-leaf');
    for (const marker of this.#markers) marker.remove();
    this.#active = active;
    for (const id of active)
      for (const group of this.#find('data-state', id, '=')) group.classList.add('is-active');
    this.#markers = this.activeBoxes.map((box) => {
      box.parentElement?.classList.add('is-leaf');
      const marker = markerOf(box);
      this.#drawing.append(marker);
      return marker;
    });
  }

  /** Emphasises the edges. @param seq of the record that told of them: each is shown once */
  showTaken(
    taken: { readonly seq: number; readonly edges: readonly string[] } | undefined,
    isFresh: boolean,
  ): void {
    if (taken === undefined || taken.seq === this.#takenSeq) return;
    this.#takenSeq = taken.seq;
    this.#forgetTaken();
    if (!isFresh) return;
    for (const edge of taken.edges) {
      for (const element of this.#find('data-edge', edge, '~=')) element.classList.add('is-taken');
    }
    if (this.#isFading) this.#fade = setTimeout(() => this.#forgetTaken(), TAKEN_MS);
  }

  #forgetTaken(): void {
    clearTimeout(this.#fade);
    for (const element of this.#drawing.querySelectorAll('.is-taken')) element.classList.remove('is-taken');
  }

  #find(attribute: string, value: string, operator: '=' | '~='): readonly Element[] {
    return [...this.#drawing.querySelectorAll(`[${attribute}${operator}"${CSS.escape(value)}"]`)];
  }
}

/** A filled ring on the upper right corner: what tells the active state without any colour. */
function markerOf(box: Element): SVGGElement {
  const at = (name: string): number => Number(box.getAttribute(name));
  const [x, y] = [at('x') + at('width') - 3, at('y') + 3];
  return svg(
    'g',
    { class: 'active-marker' },
    svg('circle', { class: 'active-ring', cx: x, cy: y, r: 6.5 }),
    svg('circle', { class: 'active-dot', cx: x, cy: y, r: 3.5 }),
  );
}
