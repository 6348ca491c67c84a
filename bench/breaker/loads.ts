import { setTimeout as sleep } from 'node:timers/promises';
import { cpuTime } from '../kit/cpu-time.ts';
import type { Contender, Work } from './contenders.ts';

const CALLS = 10_000;
const IN_FLIGHT = 1_000;
/** Of a call whose service answers over a network nearby. Milliseconds. */
const ANSWER_MS = 10;

const failure = new Error('the service is away');
const succeeds: Work = async () => 1;
const fails: Work = async () => {
  throw failure;
};
const waits: Work = () => sleep(ANSWER_MS);

/** Many calls, made in one way. */
interface Load {
  readonly calls: number;
  run(contender: Contender): Promise<void>;
}

/** One call after the other, each awaited. */
async function inTurn(contender: Contender, works: readonly Work[]): Promise<void> {
  for (let call = 0; call < CALLS; call += 1) {
    try {
      await contender.execute(works[call % works.length] as Work);
    } catch {
      // a failure or a refusal: that is what the load is made of
    }
  }
}

export const LOADS = {
  /** Every call succeeds. */
  closed: { calls: CALLS, run: (contender) => inTurn(contender, [succeeds]) },
  /** Every tenth call fails: never so many that a breaker opens. */
  mixed: { calls: CALLS, run: (contender) => inTurn(contender, [...Array(9).fill(succeeds), fails]) },
  /** Every call is refused, by one that is open. What is not guarded fails as fast as it can. */
  refused: { calls: CALLS, run: (contender) => inTurn(contender, [fails]) },
  /** A thousand callers, each of which makes call after call to a service that takes its time. */
  crowd: {
    calls: IN_FLIGHT * 10,
    run: async (contender) => {
      const caller = async () => {
        for (let call = 0; call < 10; call += 1) await contender.execute(waits);
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
    },
  },
} as const satisfies Record<string, Load>;

export type LoadName = keyof typeof LOADS;

/** Lets calls fail until it refuses; what is not guarded never does. */
export async function bringToOpen(contender: Contender): Promise<void> {
  for (let call = 0; call < 1_000 && !contender.isOpen(); call += 1)
    await contender.execute(fails).catch(() => {});
}

/** CPU time of one whole cycle, and of the one probe in it. Microseconds. */
interface Cycle {
  readonly whole: number;
  readonly probe: number;
}

/**
 * Five failures, OPEN for a while, a probe, one more success, CLOSED; of many breakers at once, so that they wait for their
 * time-outs together and no clock has to be replaced. Waiting costs nothing but the timers of those that have some.
 */
export async function cycle(contenders: readonly Contender[], openMs: number): Promise<Cycle> {
  const succeedOnce = async () => {
    for (const contender of contenders) await contender.execute(succeeds);
  };
  let probe = 0;
  const whole = await cpuTime(async () => {
    for (const contender of contenders) {
      for (let call = 0; call < 5; call += 1) await contender.execute(fails).catch(() => {});
    }
    await sleep(openMs * 2);
    probe = await cpuTime(succeedOnce);
    await succeedOnce();
  });
  return { whole: whole / contenders.length, probe: probe / contenders.length };
}
