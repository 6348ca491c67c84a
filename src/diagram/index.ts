export type { ChartInvoke, ChartState, ChartTransition, Trigger } from './chart.ts';
export { allStates } from './chart.ts';
export type { Area, Drawing, DrawnEdge, DrawnInitial, DrawnState, Point } from './drawing.ts';
export { type LayoutOptions, layOut } from './layout.ts';
export { mermaidText } from './mermaid.ts';
export { type ChartOptions, readChart, transitionId } from './read-chart.ts';
export { chartSvg, svgFile } from './svg.ts';
export { chartCss, PALETTES, type Palette, type Theme } from './theme.ts';
export type { DelayDefaults } from './trigger.ts';
