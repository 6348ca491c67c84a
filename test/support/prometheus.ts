import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { describe } from 'vitest';

/** One series of an answer: its labels, and its value at one time or its values at several. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since the epoch, and the number as text. Of an instant query. */
  readonly value?: readonly [at: number, value: string];
  /** The same, of a range query. */
  readonly values?: readonly (readonly [at: number, value: string])[];
}

/** Seconds since the epoch, and between two points. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export interface PrometheusOptions {
  /** Origins of the servers whose `/metrics` is read. */
  readonly targets: readonly string[];
  /** Rules, as the text of their file. */
  readonly rules?: string;
  /** Host and port of those that are told of alerts. @defaultValue nobody */
  readonly alertmanagers?: readonly string[];
  /** Between two scrapes, and between two evaluations of the rules. Milliseconds. */
  readonly intervalMs: number;
}

/** A Prometheus that runs. Whoever starts it stops it. */
export interface Prometheus {
  readonly url: string;
  /** What an expression is now. Rejects with Prometheus' own words when it cannot be evaluated. */
  query(expr: string): Promise<readonly Series[]>;
  /** What it was over a time. */
  queryRange(expr: string, range: Range): Promise<readonly Series[]>;
  /** The values of a label among the series that match. */
  labelValues(label: string, match: string): Promise<readonly string[]>;
  /** Waits until an expression has a result: a comparison that does not hold has none. At most 20 s. */
  when(expr: string): Promise<readonly Series[]>;
  /** Ends the process and forgets its data. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 10_000;
const WAIT_WITHIN_MS = 20_000;
const POLL_MS = 50;

function findOnPath(command: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders
    .map((folder) => join(folder, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const binary = findOnPath('prometheus');

/** Where there is no such program the suite is skipped, and its name says why. */
const describeWith =
  (command: string) =>
  (name: string, body: () => void): void => {
    if (findOnPath(command) === undefined)
      describe.skip(`${name} (skipped: ${command} is not on PATH)`, body);
    else describe(name, body);
  };

/** A suite that needs Prometheus. */
export const describeWithPrometheus = describeWith('prometheus');

/** A suite that needs its tool. */
export const describeWithPromtool = describeWith('promtool');

/** JSON is YAML, too. */
const configOf = ({ targets, rules, alertmanagers = [], intervalMs }: PrometheusOptions): string =>
  JSON.stringify({
    global: { scrape_interval: `${intervalMs}ms`, evaluation_interval: `${intervalMs}ms` },
    rule_files: rules === undefined ? [] : ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: [
      {
        job_name: 'treasury',
        scrape_timeout: `${intervalMs}ms`,
        static_configs: [{ targets: targets.map((target) => new URL(target).host) }],
      },
    ],
  });

/** Its log: the errors in it, and where it listens, which with port 0 only the log tells. */
function readLog(log: Readable) {
  const { promise: address, resolve, reject } = Promise.withResolvers<string>();
  const errors: string[] = [];
  // It goes on being read after that, or the pipe would fill up and Prometheus stand still.
  createInterface({ input: log })
    .on('line', (line) => {
      if (/ level=error /i.test(line)) errors.push(line);
      const [, found] = /msg="Listening on".* address=(\S+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    })
    .on('close', () => reject(new Error('it ended')));
  return { address, errors };
}

/** Asks until there is an answer, and says what it waited for when there is none in time. */
async function until<Answer>(
  ask: () => Promise<Answer | undefined>,
  withinMs: number,
  what: string,
): Promise<Answer> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs / 1000} s for ${what}`);
    await pause(POLL_MS);
  }
}

/** Starts it on loopback, with a folder of its own, and waits until it is ready. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  if (binary === undefined) throw new Error('prometheus is not on PATH');
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  await writeFile(join(folder, 'prometheus.yml'), configOf(options));
  if (options.rules !== undefined) await writeFile(join(folder, 'rules.yml'), options.rules);
  const child = spawn(
    binary,
    ['--config.file=prometheus.yml', '--storage.tsdb.path=data', '--web.listen-address=127.0.0.1:0'],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const log = readLog(child.stderr);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const closed = once(child, 'close').catch(() => undefined);
  const stop = async () => {
    process.off('exit', kill);
    kill();
    await closed;
    await rm(folder, { recursive: true });
  };
  try {
    const url = `http://${await log.address}`;
    const isReady = async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined);
    await until(isReady, READY_WITHIN_MS, `${url}/-/ready`);
    return { url, ...queriesOf(url), stop };
  } catch (error) {
    await stop();
    throw new Error(`prometheus did not get ready:\n${log.errors.join('\n')}`, { cause: error });
  }
}

function queriesOf(url: string): Pick<Prometheus, 'query' | 'queryRange' | 'labelValues' | 'when'> {
  const ask = async <Data>(path: string, parameters: Readonly<Record<string, string>>): Promise<Data> => {
    const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, error, data } = (await answer.json()) as { status: string; error?: string; data: Data };
    if (status !== 'success') throw new Error(`${error} in ${JSON.stringify(parameters)}`);
    return data;
  };
  const query: Prometheus['query'] = async (expr) =>
    (await ask<{ result: readonly Series[] }>('query', { query: expr })).result;
  return {
    query,
    queryRange: async (expr, { start, end, step }) => {
      const range = { start: `${start}`, end: `${end}`, step: `${step}` };
      return (await ask<{ result: readonly Series[] }>('query_range', { query: expr, ...range })).result;
    },
    labelValues: (label, match) => ask(`label/${label}/values`, { 'match[]': match }),
    when: (expr) => {
      const seen = async () => {
        const result = await query(expr);
        return result.length > 0 ? result : undefined;
      };
      return until(seen, WAIT_WITHIN_MS, expr);
    },
  };
}
