// Draws the machines into visualizations/; with --check it only tells whether the files there are what it would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  circuitBreakerMachine,
  DEFAULT_POLICY,
  disbursementMachine,
  treasuryExecutorMachine,
} from '../machines/index.ts';
import { layOut, mermaidText, readChart, svgFile } from '../src/diagram/index.ts';

const FOLDER = join(import.meta.dirname, '../visualizations');

/** The machines that are drawn, with what their named delays last by default, in milliseconds. */
export const DRAWN = {
  'circuit-breaker': {
    machine: circuitBreakerMachine,
    delays: { openTimeout: DEFAULT_POLICY.openTimeoutMs },
  },
  'treasury-executor': {
    machine: treasuryExecutorMachine,
    // A poll interval of 1 s, and a third of a lease of 60 s.
    delays: { pollInterval: 1_000, leaseRenewal: 20_000 },
  },
  disbursement: { machine: disbursementMachine, delays: {} },
} as const;

/** Name and text of every file that the machines give. */
export async function drawFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [name, { machine, delays }] of Object.entries(DRAWN)) {
    const chart = readChart(machine, { delays });
    const drawing = await layOut(chart);
    files.set(`${name}.svg`, svgFile(drawing, 'light'));
    files.set(`${name}-dark.svg`, svgFile(drawing, 'dark'));
    files.set(`${name}.mmd`, mermaidText(chart));
  }
  return files;
}

/** Names of the files that are missing or differ from what the machines give now. */
export function staleFiles(files: ReadonlyMap<string, string>): string[] {
  return [...files].filter(([name, text]) => readIfThere(name) !== text).map(([name]) => name);
}

function readIfThere(name: string): string | undefined {
  try {
    return readFileSync(join(FOLDER, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function main(): Promise<void> {
  const files = await drawFiles();
  const stale = staleFiles(files);
  if (process.argv.includes('--check')) {
    for (const name of stale) console.error(`visualizations/${name} is not what the machines give`);
    if (stale.length > 0) console.error('Run: npm run diagrams');
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const name of stale) writeFileSync(join(FOLDER, name), files.get(name) ?? '');
  console.log(stale.length === 0 ? 'All drawings are up to date' : `Wrote ${stale.join(', ')}`);
}

if (process.argv[1] === import.meta.filename) await main();
