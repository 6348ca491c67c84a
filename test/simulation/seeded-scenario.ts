import type { ChainTemper } from './chain.ts';
import { Random } from './random.ts';
import { drawRows, plainRow } from './rows.ts';
import { SeededMischief } from './seeded-mischief.ts';
import { drawSettings, type Settings } from './settings.ts';
import type { Scenario, Simulation } from './simulation.ts';

/** Ordinals of closing rows, behind those of all others. */
const CLOSING = 1_000;

function drawTemper(random: Random, { executor: { confirmations } }: Settings): ChainTemper {
  const or = (often: number, ...values: readonly number[]) => random.pick([often, ...values]);
  return {
    blockMs: random.pick([1_000, 2_000, 3_000]),
    flavour: random.pick(['geth', 'anvil']),
    poolLimit: random.pick([2, 5, 1_000]),
    queueLimit: random.pick([0, 2, 64]),
    silentDrop: or(0, 0.1, 0.3),
    eviction: or(0, 0.02, 0.1),
    delay: or(0.1, 0.3, 0.6, 0.9),
    reorganisation: or(0, 0.2, 0.4),
    confirmations,
    lagMs: random.pick([50, 1_500, 5_000]),
    gossipLoss: or(0, 0.2),
    feeRise: or(0, 0.1, 0.2),
    balance: random.pick([10n ** 20n, 10n ** 20n, 8n * 10n ** 15n]),
  };
}

type Episode = (simulation: Simulation, mischief: SeededMischief, random: Random) => void;

const EPISODES: readonly Episode[] = [
  (_, mischief, random) => mischief.planPause(random),
  (_, mischief, random) => mischief.planPause(random),
  ({ hosts, faults, trace }, _, random) => {
    const { process } = random.pick(hosts);
    if (process === undefined) return;
    faults.fired('process: clock jump');
    process.wallOffset += random.int(-15_000, 15_000);
    trace.add(process.name, `wall clock is off by ${process.wallOffset} ms`);
  },
  ({ hosts, faults }, _, random) => {
    const { process } = random.pick(hosts);
    if (process?.isAlive !== true) return;
    faults.fired('process: stopped and started');
    void process.stop();
  },
  (simulation, mischief, random) => {
    mischief.startOutage(random);
    simulation.at(random.int(2_000, 9_000), () => mischief.endOutage());
  },
  (simulation, mischief, random) => {
    mischief.startOutage(random);
    simulation.at(random.int(2_000, 9_000), () => mischief.endOutage());
  },
  ({ disasters }, _, random) =>
    disasters.lockStore(random.chance(0.5) ? random.int(50, 1_500) : random.int(2_500, 5_000)),
  (_, mischief) => mischief.endangerPower(),
  ({ disasters }) => disasters.takeBackup(),
  ({ disasters }) => disasters.takeBackup(),
  (simulation, _, random) => {
    const host = random.pick(simulation.hosts);
    host.isNextFull = true;
    host.process?.kill();
  },
  ({ operator, checker }, _, random) => operator.requeue(random.pick([...checker.ids, 'ghost'])),
  // What may be put back, too: it is rare.
  ({ disasters, operator, checker }, _, random) => {
    const ids = disasters.isOff ? [] : checker.givenUp();
    operator.requeue(random.pick(ids.length > 0 ? ids : checker.ids));
  },
  ({ operator }) => operator.order('isolate'),
  ({ operator }) => operator.order('reset'),
  ({ chain }, _, random) => chain.sendForeign(random.int(1, 60_000)),
  (simulation, _, random) => {
    simulation.faults.fired('operator: account emptied');
    simulation.trace.add('chain', 'the account is emptied');
    simulation.chain.drain();
    simulation.at(random.int(2_000, 6_000), () => simulation.chain.grant(10n ** 18n));
  },
  ({ chain, faults }) => {
    faults.fired('operator: top-up');
    chain.grant(5n * 10n ** 15n);
  },
];

/** Everything that a seed decides. */
export function seededScenario(seed: number): Scenario {
  const random = new Random(`seed ${seed}`);
  const settings = drawSettings(random.fork('settings'));
  const rows = drawRows(random.fork('rows'));
  const plan = random.fork('plan');
  const calmAtMs = plan.int(9_000, 26_000);
  return {
    settings,
    temper: drawTemper(random.fork('temper'), settings),
    refusing: rows.refusing,
    calmAtMs,
    random,
    closingRow: (ordinal) => plainRow(`z${String(ordinal).padStart(2, '0')}`, CLOSING + ordinal),
    begin: (simulation) => {
      const mischief = new SeededMischief(simulation, random.fork('mischief'), seed);
      for (const [ordinal, batch] of rows.imports.entries()) {
        const atMs = ordinal === 0 ? 0 : plan.int(500, calmAtMs - 2_000);
        simulation.time.schedule(atMs, () => simulation.operator.import(batch));
      }
      const episodes = plan.int(1, 6);
      for (let ordinal = 0; ordinal < episodes; ordinal += 1) {
        const details = plan.fork(ordinal);
        const episode = plan.pick(EPISODES);
        simulation.at(plan.int(500, calmAtMs - 500), () => episode(simulation, mischief, details));
      }
      return mischief;
    },
  };
}
