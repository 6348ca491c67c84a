import { h } from './dom.ts';
import { keeper } from './storage.ts';

const LEAST_PERCENT = 28;
const MOST_PERCENT = 66;
const STANDARD_PERCENT = 45;

/** The border between the columns: dragged, or moved with the arrow keys; kept by the browser. */
export function createSplitter(place: HTMLElement, main: HTMLElement): void {
  const splitter = h('div', {
    class: 'splitter',
    role: 'separator',
    tabindex: 0,
    'aria-label': 'Width of the left column',
    'aria-orientation': 'vertical',
    'aria-valuemin': LEAST_PERCENT,
    'aria-valuemax': MOST_PERCENT,
    'data-testid': 'splitter',
  });
  place.append(splitter);
  const kept = keeper(() => localStorage, 'inspector.split');
  let percent = Number(kept.get() ?? STANDARD_PERCENT);
  const apply = (to: number): void => {
    percent = Math.min(MOST_PERCENT, Math.max(LEAST_PERCENT, Number.isFinite(to) ? to : STANDARD_PERCENT));
    main.style.setProperty('--left', `${percent}%`);
    splitter.setAttribute('aria-valuenow', String(Math.round(percent)));
    kept.set(String(percent));
  };
  splitter.addEventListener('pointerdown', (event) => {
    splitter.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  splitter.addEventListener('pointermove', (event) => {
    if (!splitter.hasPointerCapture(event.pointerId)) return;
    const { left, width } = main.getBoundingClientRect();
    apply((100 * (event.clientX - left)) / width);
  });
  splitter.addEventListener('dblclick', () => apply(STANDARD_PERCENT));
  splitter.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowLeft' ? -2 : event.key === 'ArrowRight' ? 2 : undefined;
    if (step === undefined) return;
    event.preventDefault();
    apply(percent + step);
  });
  apply(percent);
}
