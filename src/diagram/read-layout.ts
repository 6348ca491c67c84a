import type { ElkExtendedEdge, ElkNode, ElkPoint } from 'elkjs/lib/elk.bundled.js';
import type { LabelBox } from './boxes.ts';
import { allStates, type ChartState } from './chart.ts';
import type { Area, Drawing, DrawnEdge, DrawnInitial, DrawnState, Point } from './drawing.ts';
import type { ChartEdge } from './edges.ts';
import { type Boxes, DOT_SIZE, dotEdgeId, dotId } from './elk-graph.ts';
import { found } from './found.ts';
import { beneathHeads } from './heads.ts';
import { straighten } from './straighten.ts';

/** Reads the places that elk has put into its graph. */
export function readLayout(
  chart: ChartState,
  edges: readonly ChartEdge[],
  boxes: Boxes,
  page: ElkNode,
): Drawing {
  const nodes = new Map([...allNodes(page)].map((node) => [node.id, node]));
  const lines = new Map((page.edges ?? []).map((edge) => [edge.id, edge]));
  const drawnStates = [...drawnWithin(chart, 0, false, boxes, nodes)];
  const drawnEdges = edges.map((edge) =>
    drawnEdge(edge, found(boxes.labels, edge.id), found(lines, edge.id)),
  );
  return {
    chart,
    width: round(page.width),
    height: round(page.height),
    states: drawnStates,
    initials: [...allStates(chart)].flatMap((state) => drawnInitials(state, nodes, lines)),
    edges: straighten(beneathHeads(drawnEdges, drawnStates), drawnStates),
  };
}

function* allNodes(node: ElkNode): Generator<ElkNode> {
  yield node;
  for (const child of node.children ?? []) yield* allNodes(child);
}

function* drawnWithin(
  state: ChartState,
  depth: number,
  isRegion: boolean,
  boxes: Boxes,
  nodes: ReadonlyMap<string, ElkNode>,
): Generator<DrawnState> {
  yield { state, box: found(boxes.states, state.id), area: areaOf(found(nodes, state.id)), depth, isRegion };
  for (const child of state.states) {
    yield* drawnWithin(child, depth + 1, state.kind === 'parallel', boxes, nodes);
  }
}

function drawnInitials(
  state: ChartState,
  nodes: ReadonlyMap<string, ElkNode>,
  lines: ReadonlyMap<string, ElkExtendedEdge>,
): DrawnInitial[] {
  return state.initial.map((target) => {
    const { x, y } = areaOf(found(nodes, dotId(state)));
    return {
      state,
      center: { x: x + DOT_SIZE / 2, y: y + DOT_SIZE / 2 },
      points: pointsOf(found(lines, dotEdgeId(state, target))),
    };
  });
}

function drawnEdge(edge: ChartEdge, label: LabelBox, line: ElkExtendedEdge): DrawnEdge {
  const [placed] = line.labels ?? [];
  if (placed === undefined) throw new RangeError(`the layout lost the label of ${edge.id}`);
  const points = pointsOf(line);
  return { edge, label, points: edge.isBackward ? points.toReversed() : points, area: areaOf(placed) };
}

function pointsOf({ id, sections }: ElkExtendedEdge): Point[] {
  const [section] = sections ?? [];
  if (section === undefined) throw new RangeError(`the layout lost the line of ${id}`);
  return [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(roundPoint);
}

const areaOf = ({ x, y, width, height }: Partial<Area>): Area => ({
  x: round(x),
  y: round(y),
  width: round(width),
  height: round(height),
});

const roundPoint = ({ x, y }: ElkPoint): Point => ({ x: round(x), y: round(y) });

/** Half pixels are exact enough, and the file does not depend on the last digit of a sum. */
const round = (value = 0): number => Math.round(value * 2) / 2;
