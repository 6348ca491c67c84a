// Two executors over one store and a real chain, behind proxies that lie: killed, stopped, started again; then a checker
// compares chain, rows and trail.
//   npm run killtest                                 200 kills and 20 stops, some minutes
//   npm run killtest -- --kills 20 --stops 2         fewer
//   npm run killtest -- --seed 17                    another plan: the same seed plans the same, real time is never the same
//   npm run killtest -- --rows 40                    so many payments are always due
// Exit 1 when a promise was broken, or something that has to happen never did.
import { parseArgs } from 'node:util';
import type { Counts } from '../test/killtest/counts.ts';
import { runKilltest } from '../test/killtest/killtest.ts';
import { verdictOf } from '../test/simulation/report.ts';

/** Violations that are told; all of them are kept. */
const TOLD = 20;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    stops: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string', default: '40' },
  },
});

function numberOf(name: 'kills' | 'stops' | 'seed' | 'rows'): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`--${name} must be a whole number, got ${values[name]}`);
}

const [kills, stops, seed, rows] = [numberOf('kills'), numberOf('stops'), numberOf('seed'), numberOf('rows')];

function onProgress(counts: Counts): void {
  if (!process.stderr.isTTY) return;
  const [killed, stopped] = [
    counts.of('kill -9'),
    counts.of('SIGSTOP for longer than the lease, until the other took over'),
  ];
  const asked = counts.of('payments asked for');
  process.stderr.write(
    `\r\u001b[K${killed}/${kills} killed, ${stopped}/${stops} stopped, ${asked} payments `,
  );
}

// Whoever interrupts it leaves no process behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const { counts, violations, kept, durationMs } = await runKilltest({ kills, stops, seed, rows, onProgress });
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
console.log(counts.table());
const missing = counts.missing();
if (missing.length > 0) console.log(`\nnever happened: ${missing.map((name) => name.trim()).join(', ')}`);
for (const { harm, what } of violations.slice(0, TOLD)) console.log(`${harm}: ${what}`);
if (violations.length > TOLD) console.log(`and ${violations.length - TOLD} more`);
if (kept !== undefined) console.log(`store, logs and evidence are kept in ${kept}`);
console.log(`\nseed ${seed}: ${verdictOf([{ violations }], 'run')} (${(durationMs / 1_000).toFixed(0)} s)`);
process.exitCode = violations.length === 0 && missing.length === 0 ? 0 : 1;
