import { expect, test } from 'vitest';
import { costOf } from '../../src/diagram/cost.ts';
import { arrowPath, linePath } from '../../src/diagram/geometry.ts';
import type { Drawing, DrawnEdge, Point } from '../../src/diagram/index.ts';
import { straighten } from '../../src/diagram/straighten.ts';
import { textWidth } from '../../src/diagram/text.ts';
import { triggerText } from '../../src/diagram/trigger.ts';
import { wrapLine } from '../../src/diagram/wrap.ts';

test.each([
  [250, '250 ms'],
  [1_000, '1 s'],
  [1_500, '1.5 s'],
  [60_000, '60 s'],
  [90_000, '90 s'],
  [300_000, '5 min'],
  [7_200_000, '2 h'],
])('%i ms are drawn as "after %s"', (ms, text) => {
  expect(triggerText({ kind: 'after', name: 'anyName', ms })).toBe(`after ${text}`);
});

test('text is as wide as the font tables say, other scripts a whole em', () => {
  expect(textWidth('FAILURE', { size: 1000, bold: false })).toBe(4223);
  expect(textWidth('FAILURE', { size: 1000, bold: true })).toBe(4333);
  expect(textWidth('支払', { size: 10, bold: false })).toBe(20);
});

test('a long line breaks at its spaces, sets in what follows and keeps every word and tone', () => {
  const lines = wrapLine(
    [
      { text: 'ignores ', tone: 'muted' },
      { text: '[isStale]', tone: 'guard' },
      { text: ': SUCCESS, FAILURE, CANCELLED', tone: 'muted' },
    ],
    10,
    100,
  );
  expect(lines.map(({ spans }) => spans.map(({ text }) => text).join(''))).toEqual([
    'ignores [isStale]:',
    'SUCCESS,',
    'FAILURE,',
    'CANCELLED',
  ]);
  expect(lines.map(({ indent }) => indent)).toEqual([0, 12, 12, 12]);
  for (const { indent, width } of lines) expect(indent + width).toBeLessThanOrEqual(100);
});

test('a line ends where its arrowhead begins, and the head ends at the box', () => {
  const down: Point[] = [
    { x: 0, y: 0 },
    { x: 0, y: 50 },
    { x: 0, y: 100 },
  ];
  expect(linePath(down)).toBe('M0 0L0 93');
  expect(arrowPath(down)).toBe('M0 100L4.2 92L-4.2 92Z');
  expect(linePath([...down, { x: 60, y: 100 }])).toBe('M0 0L0 93Q0 100 7 100L53 100');
});

test('crossings, corners and width beyond the page make a drawing dearer', () => {
  const drawing = (width: number, ...lines: Point[][]): Drawing => {
    const edges = lines.map((points) => ({ points }) as unknown as DrawnEdge);
    return { width, edges } as unknown as Drawing;
  };
  const across = (y: number): Point[] => [
    { x: 0, y },
    { x: 100, y },
  ];
  const down = (x: number): Point[] => [
    { x, y: 0 },
    { x, y: 100 },
  ];
  expect(costOf(drawing(100, across(50), down(150)))).toBe(200);
  expect(costOf(drawing(100, across(50), down(50)))).toBe(500);
  expect(costOf(drawing(100, [...across(0), { x: 100, y: 100 }]))).toBe(225);
  expect(costOf(drawing(1210, across(50)))).toBe(300);
});

test('a little step at the end of a line goes, unless the end would meet a corner or another end', () => {
  const area = { x: 0, y: 0, width: 100, height: 40 };
  const states = ['a', 'b'].map((id, i) => ({ state: { id }, area: { ...area, y: i * 200 } }));
  const line = (from: number, to: number): DrawnEdge =>
    ({
      edge: { source: 'a', target: 'b' },
      points: [
        { x: from, y: 40 },
        { x: from, y: 60 },
        { x: to, y: 60 },
        { x: to, y: 200 },
      ],
    }) as unknown as DrawnEdge;
  const beginnings = (...lines: DrawnEdge[]) =>
    straighten(lines, states as unknown as Parameters<typeof straighten>[1]).map(
      ({ points }) => points[0]?.x,
    );
  expect(beginnings(line(50, 54))).toEqual([54]);
  expect(beginnings(line(50, 62))).toEqual([50]);
  expect(beginnings(line(14, 9))).toEqual([14]);
  expect(beginnings(line(50, 54), line(60, 60))).toEqual([50, 60]);
});
