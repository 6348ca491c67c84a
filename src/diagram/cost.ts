import type { Drawing, Point } from './drawing.ts';

interface Segment {
  readonly from: Point;
  readonly to: Point;
}

// In px of line: what a reader gives to be spared it.
const CROSSING = 300;
const CORNER = 25;
/** Pages are wide enough up to here, px; beyond it the text of a fitted drawing gets small. */
const PAGE_WIDTH = 1200;
const BEYOND_PAGE = 20;

/** How hard a drawing is to read, lower is better: long lines, corners, crossings, and more width than a page has. */
export function costOf({ edges, width }: Drawing): number {
  const lines = edges.map(({ points }) => segmentsOf(points));
  const segments = lines.flat();
  const length = segments.reduce(
    (sum, { from, to }) => sum + Math.abs(to.x - from.x) + Math.abs(to.y - from.y),
    0,
  );
  const corners = segments.length - lines.length;
  const excess = Math.max(0, width - PAGE_WIDTH);
  return length + CORNER * corners + CROSSING * crossings(segments) + BEYOND_PAGE * excess;
}

const segmentsOf = (points: readonly Point[]): Segment[] =>
  points.slice(1).map((to, i) => ({ from: points[i] ?? to, to }));

function crossings(segments: readonly Segment[]): number {
  const across = segments.filter(({ from, to }) => from.y === to.y);
  const down = segments.filter(({ from, to }) => from.x === to.x);
  return across.reduce((sum, a) => sum + down.filter((d) => areCrossing(a, d)).length, 0);
}

const areCrossing = (across: Segment, down: Segment): boolean =>
  isBetween(across.from.y, down.from.y, down.to.y) && isBetween(down.from.x, across.from.x, across.to.x);

const isBetween = (value: number, a: number, b: number): boolean =>
  Math.min(a, b) < value && value < Math.max(a, b);
