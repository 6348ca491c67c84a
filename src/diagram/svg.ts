import { CLOCK_WIDTH, type LabelItem, type PlacedLine, type PlacedRow, TITLE_HEIGHT } from './boxes.ts';
import type { Area, Drawing, DrawnEdge, DrawnInitial, DrawnState } from './drawing.ts';
import { DOT_SIZE } from './elk-graph.ts';
import { arrowPath, linePath } from './geometry.ts';
import { chartCss, type Theme } from './theme.ts';
import { escapeXml } from './xml.ts';

/**
 * The drawing as an `<svg>` element to put into a page beside {@link chartCss}. It has no style, script or reference
 * of its own, so a page's content security policy needs to allow nothing for it.
 *
 * A state is `[data-state="<id of the state node>"]`; what belongs to a transition, its line, its part of the label or its
 * row, is `[data-edge~="<transitionId>"]`.
 */
export const chartSvg = (drawing: Drawing): string => svgElement(drawing, '');

/**
 * The drawing as a file of its own.
 *
 * @param moreCss rules beside those of every drawing, such as `countCss`
 */
export const svgFile = (drawing: Drawing, theme: Theme, moreCss = ''): string =>
  `${svgElement(drawing, `<style>\n${chartCss(theme)}${moreCss}</style>\n<rect class="page" width="100%" height="100%"/>\n`)}\n`;

function svgElement({ chart, width, height, states, initials, edges }: Drawing, head: string): string {
  const name = escapeXml(chart.key);
  const parts = [
    ...states.map(stateGroup),
    ...initials.map(initialGroup),
    ...edges.map(edgeGroup),
    ...states.map(textGroup),
    ...edges.map(labelGroup),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" class="chart" xml:space="preserve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${name}">
<title>${name}</title>
${head}${parts.join('\n')}
</svg>`;
}

function stateGroup(drawn: DrawnState): string {
  const { state, area } = drawn;
  const parts = [rect('state-box', area, state.kind === 'history' ? area.height / 2 : 9)];
  if (state.kind === 'final') parts.push(rect('state-inner', inset(area, 3.5), 6));
  return `<g class="${classesOf(drawn)}"${dataState(drawn)}>${parts.join('')}</g>`;
}

/** The texts of a state lie over the lines, because a line on its way into a state crosses the head of that. */
function textGroup(drawn: DrawnState): string {
  const { state, box, area } = drawn;
  const parts = [textElement(box.title, area, 'title'), ...box.rows.map((row) => rowGroup(row, area))];
  if (box.rows.length > 0 || state.states.length > 0) {
    parts.unshift(`<path class="rule" d="M${area.x} ${area.y + TITLE_HEIGHT}h${area.width}"/>`);
  }
  return `<g class="${classesOf(drawn)} texts"${dataState(drawn)}>${parts.join('')}</g>`;
}

function classesOf({ state, depth, isRegion }: DrawnState): string {
  const classes = new Set<string>(['state', state.kind]);
  if (state.states.length > 0) classes.add('compound');
  if (depth % 2 === 1) classes.add('odd');
  if (isRegion) classes.add('region');
  if (state.isTransient) classes.add('transient');
  return [...classes].join(' ');
}

const dataState = ({ state }: DrawnState): string => ` data-state="${escapeXml(state.id)}"`;

function rowGroup({ kind, transitions, lines }: PlacedRow, area: Area): string {
  return `<g class="row ${kind}"${dataEdge(transitions)}>${lines.map((line) => textElement(line, area)).join('')}</g>`;
}

function initialGroup({ center, points }: DrawnInitial): string {
  return `<g class="initial"><circle class="dot" cx="${center.x}" cy="${center.y}" r="${DOT_SIZE / 2}"/>${lineElements(points)}</g>`;
}

function edgeGroup({ edge, label, points }: DrawnEdge): string {
  const transitions = label.items.flatMap((item) => item.transitions);
  return `<g class="edge ${edge.tone}"${dataEdge(transitions)}>${lineElements(points)}</g>`;
}

function labelGroup({ edge, label, area }: DrawnEdge): string {
  const items = label.items.map((item) => labelItem(item, area, edge.tone === 'delayed'));
  return `<g class="label ${edge.tone}">${rect('pill', area, 8)}${items.join('')}</g>`;
}

function labelItem({ transitions, lines }: LabelItem, area: Area, isDelayed: boolean): string {
  const texts = lines.map((line) => textElement(line, area)).join('');
  const [first] = lines;
  const clock =
    isDelayed && first !== undefined ? clockElements(area.x + first.x - CLOCK_WIDTH, area.y + first.y) : '';
  return `<g class="label-item"${dataEdge(transitions)}>${clock}${texts}</g>`;
}

/** A clock, and over it a ring that a page fills as time passes: `stroke-dasharray` from "0 100" to "100 100". */
function clockElements(x: number, baseline: number): string {
  const center = { x: x + 6, y: baseline - 4 };
  const circle = `cx="${center.x}" cy="${center.y}" r="5.5"`;
  return (
    `<circle class="clock" ${circle} fill="none"/>` +
    `<path class="clock" fill="none" d="M${center.x} ${center.y - 3}V${center.y}L${center.x + 2.5} ${center.y + 1.5}"/>` +
    `<circle class="countdown" ${circle} fill="none" pathLength="100" stroke-dasharray="0 100" transform="rotate(-90 ${center.x} ${center.y})"/>`
  );
}

const lineElements = (points: DrawnEdge['points']): string =>
  `<path class="edge-line" fill="none" d="${linePath(points)}"/><path class="edge-arrow" d="${arrowPath(points)}"/>`;

/** Set to the width that it was measured with: where the fonts of the style sheet are missing, another one is wider. */
function textElement(line: PlacedLine, origin: Area, className = 'text'): string {
  const spans = line.spans.map(({ text, tone }) =>
    tone === 'name' ? escapeXml(text) : `<tspan class="${tone}">${escapeXml(text)}</tspan>`,
  );
  const place = `x="${origin.x + line.x}" y="${(origin.y + line.y).toFixed(1)}"`;
  const length = `textLength="${line.width.toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text class="${className}" ${place} ${length}>${spans.join('')}</text>`;
}

const rect = (className: string, { x, y, width, height }: Area, radius: number): string =>
  `<rect class="${className}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`;

const inset = ({ x, y, width, height }: Area, by: number): Area => ({
  x: x + by,
  y: y + by,
  width: width - 2 * by,
  height: height - 2 * by,
});

const dataEdge = (transitions: readonly string[]): string =>
  transitions.length === 0 ? '' : ` data-edge="${escapeXml(transitions.join(' '))}"`;
