import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Anvil, DEV_ADDRESS, DEV_PRIVATE_KEY, startAnvil } from '../../src/dev/anvil.ts';
import type { Violation } from '../simulation/checker.ts';
import { Random } from '../simulation/random.ts';
import { balanceAt } from './chain-reader.ts';
import { Counts } from './counts.ts';
import { Feeder } from './feeder.ts';
import { Miner } from './miner.ts';
import { Payouts } from './payouts.ts';
import { bundleProgram } from './program.ts';
import { Seat } from './seat.ts';
import { StoreFacts } from './store-facts.ts';
import { Wire } from './wire.ts';

const BLOCK_MS = 250;
/** Longer than the pause between two ticks, and than most ticks here. */
export const LEASE_MS = 800;

/** All times are short, so that much happens between two kills; what they do is what `treasury run` does by default. */
const PACE = [
  ...['--poll-interval', '50ms', '--lease', `${LEASE_MS}ms`, '--open-timeout', '250ms', '--batch-size', '6'],
  ...['--failure-threshold', '4', '--confirmations', '2', '--epoch-blocks', '16', '--bump-after', '1s'],
];

export interface WorldOptions {
  readonly seed: number | string;
  /** Payments that are always due. */
  readonly rows: number;
}

/** Two executors over one store, a lying proxy for each, one chain, and whoever asks for payments. */
export interface World {
  readonly folder: string;
  readonly chain: Anvil;
  readonly program: string;
  readonly payer: { readonly address: string; readonly balanceBefore: bigint };
  readonly seats: readonly [Seat, Seat];
  readonly facts: StoreFacts;
  readonly miner: Miner;
  readonly feeder: Feeder;
  readonly payouts: Payouts;
  readonly counts: Counts;
  /** What was seen to be wrong while it ran. */
  readonly violations: readonly Violation[];
  broken(harm: Violation['harm'], what?: string): void;
  /** Ends every process; the folder stays. */
  close(): Promise<void>;
}

/** What the parts of a world are made with. */
interface Ground extends Pick<World, 'folder' | 'program' | 'chain' | 'facts' | 'counts' | 'broken'> {
  readonly random: Random;
  readonly closers: Closer[];
}

type Closer = () => unknown;

/** The last one first, each of them whatever the others do. */
async function closeAll(closers: Closer[]): Promise<void> {
  const faults: unknown[] = [];
  for (const closer of closers.splice(0).toReversed()) {
    try {
      await closer();
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw faults[0];
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'treasury-killtest-'));
  const closers: Closer[] = [];
  try {
    return { ...(await open(folder, options, closers)), close: () => closeAll(closers) };
  } catch (error) {
    await closeAll(closers);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function open(
  folder: string,
  { seed, rows }: WorldOptions,
  closers: Closer[],
): Promise<Omit<World, 'close'>> {
  const violations: Violation[] = [];
  const broken = (harm: Violation['harm'], what = '') => void violations.push({ harm, what });
  await writeFile(join(folder, 'key'), `${DEV_PRIVATE_KEY}\n`, { mode: 0o600 });
  const program = await bundleProgram(folder);
  const facts = new StoreFacts(join(folder, 'treasury.db'));
  closers.push(() => facts.close());
  const chain = await startAnvil({ logFile: join(folder, 'chain.log') });
  closers.push(chain.stop);
  const payer = { address: DEV_ADDRESS, balanceBefore: await balanceAt(chain.url, DEV_ADDRESS) };
  const noBlock = (error: unknown) => broken('simulation', `no block was made: ${error}`);
  const miner = await Miner.start(chain.url, BLOCK_MS, noBlock);
  closers.push(() => miner.stop());

  const random = new Random(`killtest/${seed}`);
  const [counts, payouts] = [new Counts(), new Payouts(seed)];
  const ground = { folder, program, chain, facts, counts, broken, random, closers };
  const seats = [await openSeat(ground, 'a'), await openSeat(ground, 'b')] as const;
  const feeder = new Feeder({
    ...{ program, folder, facts, payouts, counts, level: rows, random: random.fork('feeder') },
    isWanted: () => seats.some((seat) => seat.isReady && seat.isAwake),
    onBroken: (what) => broken('invariant', what),
  });
  closers.push(() => feeder.stop());
  return { folder, chain, program, payer, seats, facts, miner, feeder, payouts, counts, violations, broken };
}

/** What the command is started with to pay. */
export const runArgs = (wire: Wire): readonly string[] => [
  ...['run', '--rpc-url', wire.url, '--key-file', 'key', '--db', 'treasury.db', '--port', '0'],
  ...PACE,
];

/** A proxy, and the place behind it. Nobody is there yet. */
async function openSeat(ground: Ground, name: string): Promise<Seat> {
  const { folder, program, chain, facts, counts, broken, random, closers } = ground;
  const onSubmission = (hash: string) => {
    counts.add('transactions sent');
    if (!facts.hasIntent(hash)) broken('invariant', `P4: ${hash} is sent, and is not in the store`);
  };
  const wire = await Wire.open({
    ...{ target: chain.url, random: random.fork(`wire ${name}`), counts, onSubmission },
  });
  closers.push(() => wire.close());
  const seat = new Seat({
    ...{ name, wire, counts, folder, program, args: runArgs(wire) },
    logFile: join(folder, `executor-${name}.log`),
    onBroken: (what) => broken('invariant', what),
  });
  const end = () => seat.end();
  process.once('exit', end);
  closers.push(() => {
    process.off('exit', end);
    return end();
  });
  return seat;
}
