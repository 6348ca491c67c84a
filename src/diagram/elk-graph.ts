import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk.bundled.js';
import type { LabelBox, StateBox } from './boxes.ts';
import { allStates, type ChartState } from './chart.ts';
import type { ChartEdge } from './edges.ts';
import { found } from './found.ts';

/** Sizes of everything that the layout has to place, by id. */
export interface Boxes {
  readonly states: ReadonlyMap<string, StateBox>;
  readonly labels: ReadonlyMap<string, LabelBox>;
}

/** Diameter of the dot that the edge to the initial state comes from, px. */
export const DOT_SIZE = 10;

/** Ids of dots and of their edges have a space in front, which the id of a state cannot begin with by accident. */
export const dotId = (state: ChartState): string => ` initial ${state.id}`;
export const dotEdgeId = (state: ChartState, target: string): string => `${dotId(state)} > ${target}`;

// Repeated on every compound node, because elk does not hand them down. `considerModelOrder` other than NONE crashes
// elkjs 0.12 on charts with labels across hierarchy.
const LAYERED: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.considerModelOrder.strategy': 'NONE',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.thoroughness': '40',
  'elk.spacing.nodeNode': '20',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelNode': '10',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '13',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '11',
};

const ROOT: LayoutOptions = {
  ...LAYERED,
  'elk.padding': '[top=12,left=12,bottom=12,right=12]',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
};

/**
 * The graph that elk lays out: a node for each state and each initial dot, an edge with an inline label for each edge.
 *
 * @param seed elk orders the nodes of a layer by chance: another seed, another drawing
 */
export function elkGraph(root: ChartState, edges: readonly ChartEdge[], boxes: Boxes, seed: number): ElkNode {
  return {
    id: ' page',
    layoutOptions: { ...ROOT, 'elk.randomSeed': `${seed}` },
    children: [stateNode(root, boxes)],
    edges: [...[...allStates(root)].flatMap(dotEdges), ...edges.map((edge) => elkEdge(edge, boxes))],
  };
}

function stateNode(state: ChartState, boxes: Boxes): ElkNode {
  const { width, height } = found(boxes.states, state.id);
  if (state.states.length === 0) return { id: state.id, width, height };
  const dot: ElkNode = { id: dotId(state), width: DOT_SIZE, height: DOT_SIZE };
  return {
    id: state.id,
    layoutOptions: {
      ...LAYERED,
      'elk.padding': `[top=${height + 14},left=18,bottom=18,right=18]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      // elkjs 0.12 turns the graph by 90 degrees to lay it out downwards, but not this size.
      'elk.nodeSize.minimum': `(${height},${width})`,
    },
    children: [
      ...(state.initial.length > 0 ? [dot] : []),
      ...state.states.map((child) => stateNode(child, boxes)),
    ],
  };
}

function dotEdges(state: ChartState): ElkExtendedEdge[] {
  return state.initial.map((target) => ({
    id: dotEdgeId(state, target),
    sources: [dotId(state)],
    targets: [target],
  }));
}

function elkEdge({ id, source, target, isBackward }: ChartEdge, boxes: Boxes): ElkExtendedEdge {
  const { width, height } = found(boxes.labels, id);
  const label = { text: id, width, height, layoutOptions: { 'elk.edgeLabels.inline': 'true' } };
  const [from, to] = isBackward ? [target, source] : [source, target];
  return { id, sources: [from], targets: [to], labels: [label] };
}
