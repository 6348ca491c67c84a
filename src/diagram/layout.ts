import { labelBox, stateBox } from './boxes.ts';
import { allStates, type ChartState } from './chart.ts';
import { costOf } from './cost.ts';
import type { Counts } from './counts.ts';
import type { Drawing } from './drawing.ts';
import { type ChartEdge, edgesOf } from './edges.ts';
import { type Boxes, elkGraph } from './elk-graph.ts';
import { readLayout } from './read-layout.ts';

export interface LayoutOptions {
  /**
   * Of so many drawings the best is taken. Each blocks the process for 20-150 ms, so a server may want fewer.
   * @defaultValue 6
   */
  readonly attempts?: number;
  /** A number for each transition, by its {@link transitionId}, which is drawn beside it: "x 12". */
  readonly counts?: Counts;
}

/** More than this made no drawing better. */
const ATTEMPTS = 6;

/**
 * Places every state, edge and label of a chart. The same chart always gives the same places.
 *
 * @throws (as a rejection) Error with the command that installs it, where the optional package elkjs is missing
 */
export async function layOut(
  chart: ChartState,
  { attempts = ATTEMPTS, counts }: LayoutOptions = {},
): Promise<Drawing> {
  const edges = edgesOf(chart);
  const boxes: Boxes = {
    states: new Map(
      [...allStates(chart)].map((state) => [state.id, stateBox(state, degreeOf(state, edges), counts)]),
    ),
    labels: new Map(edges.map((edge) => [edge.id, labelBox(edge, counts)])),
  };
  const elk = await newElk();
  const drawings: Drawing[] = [];
  for (let seed = 1; seed <= attempts; seed += 1) {
    const page = await elk.layout(elkGraph(chart, edges, boxes, seed));
    drawings.push(readLayout(chart, edges, boxes, page));
  }
  const costs = drawings.map(costOf);
  const best = drawings[costs.indexOf(Math.min(...costs))];
  if (best === undefined) throw new RangeError('there is always one that costs least');
  return best;
}

const degreeOf = ({ id }: ChartState, edges: readonly ChartEdge[]): number =>
  edges.filter(({ source, target }) => source === id || target === id).length;

async function newElk() {
  try {
    const { default: elk } = await import('elkjs/lib/elk.bundled.js');
    return new elk.default();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('charts are drawn with elkjs, which is not installed: npm install elkjs', {
      cause: error,
    });
  }
}
