import type { Point } from './drawing.ts';

const RADIUS = 7;
/** Length and half the width of an arrowhead, px. */
const ARROW = { length: 8, half: 4.2 } as const;

/** Path of a line with rounded corners that ends where its arrowhead begins. */
export function linePath(points: readonly Point[]): string {
  const [start, ...rest] = withoutStraight(points);
  const end = rest.pop();
  if (start === undefined || end === undefined) return '';
  const parts = [`M${at(start)}`];
  let previous = start;
  for (const [i, corner] of rest.entries()) {
    const next = rest[i + 1] ?? end;
    const radius = Math.min(RADIUS, distance(previous, corner) / 2, distance(corner, next) / 2);
    parts.push(
      `L${at(toward(corner, previous, radius))}`,
      `Q${at(corner)} ${at(toward(corner, next, radius))}`,
    );
    previous = corner;
  }
  parts.push(`L${at(toward(end, previous, ARROW.length - 1))}`);
  return parts.join('');
}

/** Triangle at the end of a line. */
export function arrowPath(points: readonly Point[]): string {
  const [end, previous] = withoutStraight(points).reverse();
  if (end === undefined || previous === undefined) return '';
  const base = toward(end, previous, ARROW.length);
  const across = {
    x: ((end.y - base.y) / ARROW.length) * ARROW.half,
    y: ((base.x - end.x) / ARROW.length) * ARROW.half,
  };
  const left = { x: base.x + across.x, y: base.y + across.y };
  const right = { x: base.x - across.x, y: base.y - across.y };
  return `M${at(end)}L${at(left)}L${at(right)}Z`;
}

/** Drops points at which the line does not turn. */
function withoutStraight(points: readonly Point[]): Point[] {
  return points.filter((point, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (before === undefined || after === undefined) return true;
    const isVertical = before.x === point.x && point.x === after.x;
    const isHorizontal = before.y === point.y && point.y === after.y;
    return !isVertical && !isHorizontal;
  });
}

const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

/** The point `by` px from `from` on the way to `to`. */
function toward(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length };
}

const at = ({ x, y }: Point): string => `${number(x)} ${number(y)}`;

/** At most two digits after the point. */
const number = (value: number): string => `${Math.round(value * 100) / 100}`;
