import type { Area, Drawing, DrawnEdge, DrawnState, Point } from '../../src/diagram/index.ts';

/** Everything in a drawing that lies on something else, in words; empty when it is in order. */
export function faultsOf({ states, edges, width, height }: Drawing): string[] {
  const leaves = states.filter(({ state }) => state.states.length === 0);
  const page = { x: 0, y: 0, width, height };
  return [
    ...pairs(states)
      .filter(([a, b]) => overlap(a.area, b.area) && !contains(a.area, b.area) && !contains(b.area, a.area))
      .map(([a, b]) => `${a.state.id} lies on ${b.state.id}`),
    ...pairs(leaves)
      .filter(([a, b]) => overlap(a.area, b.area))
      .map(([a, b]) => `${a.state.id} lies on ${b.state.id}`),
    ...states.filter(({ area }) => !contains(page, area)).map(({ state }) => `${state.id} leaves the page`),
    ...states.filter(isTextOutside).map(({ state }) => `a text leaves ${state.id}`),
    ...states.flatMap((drawn) => childrenFaults(drawn, states)),
    ...edges.flatMap((edge) => labelFaults(edge, states, edges)),
    ...edges
      .filter(({ area }) => !contains(page, area))
      .map(({ edge }) => `label of ${edge.id} leaves the page`),
    ...edges.flatMap((edge) => lineFaults(edge, leaves, edges)),
    ...leaves.flatMap((leaf) => endFaults(leaf, edges)),
  ];
}

function isTextOutside({ box, area }: DrawnState): boolean {
  const lines = [box.title, ...box.rows.flatMap((row) => row.lines)];
  return lines.some(({ x, y, width }) => x < 0 || x + width > area.width || y > area.height);
}

/** A child lies within its parent and beneath the parent's head. */
function childrenFaults({ state, box, area }: DrawnState, states: readonly DrawnState[]): string[] {
  const body = { ...area, y: area.y + box.height, height: area.height - box.height };
  const ids = new Set(state.states.map(({ id }) => id));
  return states
    .filter((child) => ids.has(child.state.id) && !contains(body, child.area))
    .map((child) => `${child.state.id} leaves ${state.id}`);
}

function labelFaults(drawn: DrawnEdge, states: readonly DrawnState[], edges: readonly DrawnEdge[]): string[] {
  const { area, edge, label } = drawn;
  const isOutside = label.items
    .flatMap(({ lines }) => lines)
    .some(({ x, y, width }) => x < 0 || x + width > area.width || y > area.height);
  return [
    ...states
      .filter(({ state, box, area: other }) =>
        overlap(area, state.states.length === 0 ? other : { ...other, height: box.height }),
      )
      .map(({ state }) => `label of ${edge.id} lies on ${state.id}`),
    ...edges
      .filter((other) => other !== drawn && overlap(area, other.area))
      .map((other) => `labels of ${edge.id} and ${other.edge.id} lie on each other`),
    ...(isOutside ? [`a text leaves the label of ${edge.id}`] : []),
  ];
}

function lineFaults(
  { edge, points }: DrawnEdge,
  leaves: readonly DrawnState[],
  edges: readonly DrawnEdge[],
): string[] {
  const segments = points.slice(1).map((to, i) => segmentArea(points[i] ?? to, to));
  const crosses = (area: Area): boolean => segments.some((segment) => overlap(segment, area));
  const own = edges.find((other) => other.edge === edge)?.area;
  const isSlanted = points.slice(1).some((to, i) => to.x !== points[i]?.x && to.y !== points[i]?.y);
  return [
    ...leaves.filter(({ area }) => crosses(area)).map(({ state }) => `line ${edge.id} crosses ${state.id}`),
    ...edges
      .filter((other) => other.edge !== edge && crosses(other.area))
      .map((other) => `line ${edge.id} crosses the label of ${other.edge.id}`),
    ...(own !== undefined && crosses(own) ? [] : [`the label of ${edge.id} is not on its line`]),
    ...(isSlanted ? [`line ${edge.id} is slanted`] : []),
  ];
}

/** Where lines begin and end at one side of a box there is room for their arrowheads, and none is at a corner. */
function endFaults({ state, area }: DrawnState, edges: readonly DrawnEdge[]): string[] {
  const ends = edges.flatMap(({ edge, points }) => [
    ...(edge.source === state.id ? points.slice(0, 1) : []),
    ...(edge.target === state.id ? points.slice(-1) : []),
  ]);
  const areTooClose = pairs(ends).some(([a, b]) => a.y === b.y && Math.abs(a.x - b.x) < 9);
  const isAtCorner = ends.some(({ x }) => x < area.x + 9 || x > area.x + area.width - 9);
  return [
    ...(areTooClose ? [`lines at ${state.id} touch each other`] : []),
    ...(isAtCorner ? [`a line is at a corner of ${state.id}`] : []),
  ];
}

const segmentArea = (a: Point, b: Point): Area => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
});

const overlap = (a: Area, b: Area): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const contains = (outer: Area, inner: Area): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

const pairs = <Item>(items: readonly Item[]): [Item, Item][] =>
  items.flatMap((a, i) => items.slice(i + 1).map((b): [Item, Item] => [a, b]));
