import { type Check, type Finding, failed, problemsOr, warning } from './check.ts';
import { readNtp } from './ntp.ts';
import type { Subject } from './subject.ts';
import { roughly } from './texts.ts';

/** What the clock is compared with. Milliseconds. */
export interface ClockReadings {
  /** The newest block's time less ours, when it was read. */
  readonly blockAheadMs: number | undefined;
  /** The time of the store's last change less ours. */
  readonly storeAheadMs: number | undefined;
  /** How far the clock was set while the doctor looked. */
  readonly setByMs: number;
  /** What the system says of its synchronisation. */
  readonly isSynchronised: boolean | undefined;
}

/** Whether the clock can be trusted: leases, backoff, the breaker's rest and every row of the audit go by it. */
export const clock: Check = {
  name: 'clock',
  async examine(subject, { signal }) {
    const now = Date.now();
    const chain = await subject.chain().catch(() => undefined);
    const readings = {
      blockAheadMs: chain && chain.head.at - chain.head.readAt,
      storeAheadMs: await storeAhead(subject),
      setByMs: subject.clockSetByMs,
      isSynchronised: await readNtp(signal),
    };
    return problemsOr(judgeClock(readings), describeClock(now, readings));
  },
};

/** The change first, then the clock: an executor beside may be writing. */
async function storeAhead(subject: Subject): Promise<number | undefined> {
  const look = await subject.store().catch(() => undefined);
  const changedAt = await look?.lastChangeAt();
  return changedAt === undefined ? undefined : changedAt - Date.now();
}

/** Chains take no block that is further ahead of their nodes' clocks. */
const AHEAD_MS = 15_000;
const FAR_AHEAD_MS = 300_000;
const OLD_MS = 300_000;
const SET_MS = 1_000;

const SET_CLOCK = 'set the clock by NTP (timedatectl set-ntp true)';

export function judgeClock(readings: ClockReadings): readonly Finding[] {
  const { blockAheadMs = 0, storeAheadMs = 0, setByMs, isSynchronised } = readings;
  const problems: Finding[] = [];
  if (blockAheadMs > AHEAD_MS) {
    const make = blockAheadMs > FAR_AHEAD_MS ? failed : warning;
    problems.push(make(`the newest block is ${roughly(blockAheadMs)} ahead of the clock`, SET_CLOCK));
  }
  if (blockAheadMs < -OLD_MS) {
    problems.push(
      warning(
        `the newest block is ${roughly(blockAheadMs)} old`,
        `let the node catch up, or ${SET_CLOCK}; a local chain that mines on demand may be as old`,
      ),
    );
  }
  if (storeAheadMs > AHEAD_MS) {
    problems.push(
      failed(
        `the store was changed ${roughly(storeAheadMs)} ahead of the clock: what waits in it waits longer by that`,
        SET_CLOCK,
      ),
    );
  }
  if (Math.abs(setByMs) > SET_MS) {
    problems.push(warning(`the clock was set by ${roughly(setByMs)} meanwhile`, SET_CLOCK));
  }
  if (isSynchronised === false) {
    problems.push(warning('the system says that its clock is not synchronised', SET_CLOCK));
  }
  return problems;
}

function describeClock(now: number, { blockAheadMs, storeAheadMs, isSynchronised }: ClockReadings): string {
  return [
    new Date(now).toISOString(),
    ...(isSynchronised === true ? ['synchronised'] : []),
    ...(blockAheadMs === undefined ? [] : [`newest block ${roughly(Math.min(0, blockAheadMs))} old`]),
    ...(storeAheadMs === undefined
      ? []
      : [`last change of the store ${roughly(Math.min(0, storeAheadMs))} ago`]),
  ].join(', ');
}
