export { allStates, type ChartState } from './chart.ts';
export type { Area, Drawing, DrawnEdge, DrawnState, Point } from './drawing.ts';
export { layOut } from './layout.ts';
export { mermaidText } from './mermaid.ts';
export { readChart, transitionId } from './read-chart.ts';
export { chartSvg, svgFile } from './svg.ts';
export { chartCss, countCss, PALETTES } from './theme.ts';
