/**
 * `treasury-breaker/diagram`: any XState 5 machine as a picture.
 *
 * @packageDocumentation
 */
export {
  allStates,
  type ChartInvoke,
  type ChartState,
  type ChartTransition,
  type Trigger,
} from './chart.ts';
export type { Counts } from './counts.ts';
export type { Area, Drawing, DrawnEdge, DrawnState, Point } from './drawing.ts';
export { type LayoutOptions, layOut } from './layout.ts';
export { mermaidText } from './mermaid.ts';
export { type ChartOptions, readChart, transitionId } from './read-chart.ts';
export { chartSvg, svgFile } from './svg.ts';
export { chartCss, countCss, PALETTES, type Theme } from './theme.ts';
export type { DelayDefaults } from './trigger.ts';
