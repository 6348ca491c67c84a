import type { ChartPicture } from '../../src/inspect/protocol.ts';
import { type Api, ApiError, messageOf } from './api.ts';
import { importSvg } from './svg-import.ts';

export type ChartState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'there';
      readonly svg: SVGSVGElement;
      readonly ways: ReadonlyMap<string, ReadonlySet<string>>;
    };

/** Loads every drawing once. */
export class Charts {
  readonly #api: Api;
  readonly #base: string;
  readonly #onLoaded: () => void;
  readonly #charts = new Map<string, ChartState>();

  constructor(api: Api, base: string, onLoaded: () => void) {
    this.#api = api;
    this.#base = base;
    this.#onLoaded = onLoaded;
  }

  get(chart: string): ChartState {
    const known = this.#charts.get(chart);
    if (known !== undefined) return known;
    const loading: ChartState = { kind: 'loading' };
    this.#charts.set(chart, loading);
    void this.#load(chart).then((state) => {
      this.#charts.set(chart, state);
      this.#onLoaded();
    });
    return loading;
  }

  /** Another server, or another token: what failed may be there now. */
  forgetFailures(): void {
    for (const [chart, { kind }] of this.#charts) if (kind === 'failed') this.#charts.delete(chart);
  }

  /** Types of the events by which a line leads out of one of these states; nothing while the drawing is not there. */
  waysOut(chart: string, active: readonly string[]): ReadonlySet<string> {
    const state = this.#charts.get(chart);
    if (state?.kind !== 'there') return new Set();
    return new Set(active.flatMap((id) => [...(state.ways.get(id) ?? [])]));
  }

  async #load(chart: string): Promise<ChartState> {
    try {
      const { svg } = await this.#api.ask<ChartPicture>(`${this.#base}/charts/${encodeURIComponent(chart)}`);
      const drawing = importSvg(svg);
      return { kind: 'there', svg: drawing, ways: waysOf(drawing) };
    } catch (error) {
      const isLocked = error instanceof ApiError && error.status === 401;
      return { kind: 'failed', message: isLocked ? 'It is shown with the token only.' : messageOf(error) };
    }
  }
}

/** Events of the lines that leave each state. Ids of transitions are `<state>|<event>|<n>`. */
function waysOf(drawing: SVGSVGElement): ReadonlyMap<string, ReadonlySet<string>> {
  const ways = new Map<string, Set<string>>();
  for (const edge of drawing.querySelectorAll('.edge[data-edge]')) {
    for (const id of edge.getAttribute('data-edge')?.split(' ') ?? []) {
      const [state = '', event = ''] = id.split('|');
      ways.set(state, (ways.get(state) ?? new Set()).add(event));
    }
  }
  return ways;
}
