import type { DrawnEdge, DrawnState, Point } from './drawing.ts';

/** Steps aside up to this, px, are an accident of the layout and say nothing. */
const JOG = 6;
/** Two ends of lines at one box stay so far apart, px: room for both arrowheads. */
const ENDS_APART = 10;
/** Ends stay away from the rounded corners of a box, px. */
const CORNER = 11;

/**
 * Takes out little steps near the ends of lines: the end moves along its box instead, where it comes near neither a
 * corner nor another end. All lines leave and reach boxes vertically.
 */
export function straighten(edges: readonly DrawnEdge[], states: readonly DrawnState[]): DrawnEdge[] {
  const areas = new Map(states.map(({ state, area }) => [state.id, area]));
  const straightened = [...edges];
  const canMove = (id: string, from: Point, x: number): boolean => {
    const area = areas.get(id);
    if (area === undefined || x < area.x + CORNER || x > area.x + area.width - CORNER) return false;
    const ends = straightened.flatMap(({ points }) => [points.at(0), points.at(-1)]);
    return ends.every(
      (end) => end === undefined || end === from || end.y !== from.y || Math.abs(end.x - x) >= ENDS_APART,
    );
  };
  for (const [i, drawn] of edges.entries()) {
    const { source, target } = drawn.edge;
    const fromStart = withoutFirstStep(drawn.points, (from, x) => canMove(source, from, x));
    const fromEnd = withoutFirstStep(fromStart.toReversed(), (from, x) => canMove(target, from, x));
    straightened[i] = { ...drawn, points: fromEnd.toReversed() };
  }
  return straightened;
}

function withoutFirstStep(
  points: readonly Point[],
  canMove: (from: Point, x: number) => boolean,
): readonly Point[] {
  const [end, corner, next, afterNext, ...rest] = points;
  if (end === undefined || corner === undefined || next === undefined || afterNext === undefined)
    return points;
  const isStep = end.x === corner.x && next.x === afterNext.x && Math.abs(corner.x - next.x) <= JOG;
  if (!isStep || !canMove(end, next.x)) return points;
  return [{ x: next.x, y: end.y }, afterNext, ...rest];
}
