import { parentPort } from 'node:worker_threads';
import type { ChartState } from '../diagram/chart.ts';
import { layOut } from '../diagram/layout.ts';
import { chartSvg } from '../diagram/svg.ts';

// Lays a chart out beside the event loop of the payments: it takes half a second in which nothing else would run.

parentPort?.on('message', async ({ name, chart }: { readonly name: string; readonly chart: ChartState }) => {
  parentPort?.postMessage({ name, svg: chartSvg(await layOut(chart)) });
});
