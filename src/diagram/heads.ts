import { TITLE_HEIGHT } from './boxes.ts';
import type { DrawnEdge, DrawnState, Point } from './drawing.ts';

/**
 * A line between a state and one within it begins (or ends) at the rule beneath the outer one's title instead of at
 * its upper border: it never leaves that state, and the title stays legible.
 */
export function beneathHeads(edges: readonly DrawnEdge[], states: readonly DrawnState[]): DrawnEdge[] {
  const byId = new Map(states.map((drawn) => [drawn.state.id, drawn]));
  return edges.map((drawn) => {
    const source = byId.get(drawn.edge.source);
    const target = byId.get(drawn.edge.target);
    if (source === undefined || target === undefined) return drawn;
    if (isWithin(target, source)) return { ...drawn, points: lowered(drawn.points, source) };
    if (isWithin(source, target)) {
      return { ...drawn, points: lowered(drawn.points.toReversed(), target).toReversed() };
    }
    return drawn;
  });
}

const isWithin = (inner: DrawnState, outer: DrawnState): boolean =>
  inner.depth > outer.depth &&
  inner.area.x > outer.area.x &&
  inner.area.y > outer.area.y &&
  inner.area.x < outer.area.x + outer.area.width &&
  inner.area.y < outer.area.y + outer.area.height;

function lowered([end, ...rest]: readonly Point[], { area }: DrawnState): Point[] {
  if (end === undefined) return [];
  return [end.y === area.y ? { x: end.x, y: area.y + TITLE_HEIGHT } : end, ...rest];
}
