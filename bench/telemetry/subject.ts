// One measurement in a process of its own: CPU time of a tick with or without telemetry, or of a scrape.
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { Gauge, Registry } from 'prom-client';
import { startServer } from '../../src/http/server.ts';
import { createTelemetry } from '../../src/telemetry/index.ts';
import { cpuTime } from '../kit/cpu-time.ts';
import { question, reply } from '../kit/fresh-process.ts';
import { type InProcessTreasury, openInProcessTreasury } from '../kit/in-process-treasury.ts';
import { warmUp } from '../kit/warm-up.ts';

export interface SubjectQuestion {
  /**
   * - `idleTick`, `payingTick`: a tick with nothing to do; one that pays 20.
   * - `scrape`, `httpScrape`: the page as text; the page over a kept connection, both ends in this process.
   * - `barePage`, `bareHttp`: the same, of a registry of prom-client that holds as many constant values.
   */
  readonly work: 'idleTick' | 'payingTick' | 'scrape' | 'httpScrape' | 'barePage' | 'bareHttp';
  readonly hasTelemetry: boolean;
  /** Payments that were paid before. */
  readonly finished: number;
  /** CPU time to warm up, and about as much to measure. */
  readonly seconds: number;
}

export interface SubjectAnswer {
  /** CPU time for one. */
  readonly micros: number;
}

const PER_TICK = 20;
/** Cold work is not measured; this many are the least that say anything. */
const LEAST = 5;

const { work, hasTelemetry, finished, seconds } = question<SubjectQuestion>();
const treasury = await openInProcessTreasury(finished, PER_TICK);
const telemetry = createTelemetry({ balance: () => 10n ** 21n });
if (hasTelemetry) {
  telemetry.observeBreaker(treasury.breaker);
  telemetry.observeExecutor(treasury.executor);
}
await treasury.executor.tick();

const { prepare, once: doOnce, close } = await load(treasury);
let micros = 0;
let count = 0;
await warmUp(async () => {
  await prepare();
  await doOnce();
}, seconds);
globalThis.gc?.();
while (micros < seconds * 1_000_000 || count < LEAST) {
  await prepare();
  micros += await cpuTime(doOnce);
  count += 1;
}
await close();
await treasury.close();
reply({ micros: micros / count } satisfies SubjectAnswer);

async function load({ executor, queue }: InProcessTreasury) {
  const nothing = async () => {};
  switch (work) {
    case 'idleTick':
      return { prepare: nothing, once: () => executor.tick(), close: nothing };
    case 'payingTick':
      return {
        prepare: queue,
        once: async () => {
          await executor.tick();
          const { submitted } = executor.snapshot.tally;
          if (submitted !== PER_TICK) throw new Error(`a tick paid ${submitted} of ${PER_TICK}`);
        },
        close: nothing,
      };
    case 'scrape':
      return { prepare: nothing, once: () => readPage(telemetry.registry), close: nothing };
    case 'barePage': {
      const bare = await bareRegistry();
      return { prepare: nothing, once: () => readPage(bare), close: nothing };
    }
    case 'httpScrape':
      return served(executor, telemetry.registry);
    case 'bareHttp':
      return served(executor, await bareRegistry());
  }
}

async function readPage(registry: Pick<Registry, 'metrics'>): Promise<void> {
  const page = await registry.metrics();
  if (!page.includes('treasury_circuit_breaker_state')) throw new Error('the page is empty');
}

async function served(
  executor: InProcessTreasury['executor'],
  registry: Registry | typeof telemetry.registry,
) {
  const server = await startServer({
    port: 0,
    registry,
    breaker: () => executor.circuitBreaker,
    executor,
    probeStore: async () => {},
  });
  const agent = new Agent({ keepAlive: true });
  return {
    prepare: async () => {},
    once: async () => {
      const [response] = await once(get(`${server.url}/metrics`, { agent }), 'response');
      response.resume();
      await once(response, 'end');
      if (response.statusCode !== 200) throw new Error(`the page is ${response.statusCode}`);
    },
    close: async () => {
      agent.destroy();
      await server.close();
    },
  };
}

/** As many values by the same names and labels, which nobody has to read anywhere. */
async function bareRegistry(): Promise<Registry> {
  const bare = new Registry();
  for (const { name, help, values } of await telemetry.registry.getMetricsAsJSON()) {
    const labelNames = [...new Set(values.flatMap(({ labels }) => Object.keys(labels)))];
    const gauge = new Gauge({ name, help, labelNames, registers: [bare] });
    for (const { labels, value } of values) gauge.set(labels as Record<string, string>, value);
  }
  return bare;
}
