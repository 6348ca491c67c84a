import { DEV_ADDRESS } from '../../dev/anvil.ts';
import { viewChain } from './chain-view.ts';
import {
  breakerEvidence,
  changeEvidence,
  doubtEvidence,
  quietEvidence,
  rowEvidence,
  submissionEvidence,
} from './evidence.ts';
import {
  expectSame,
  judgeDoubt,
  judgeFreshDeadline,
  judgeHealthy,
  judgeOpening,
  judgeQuiet,
  judgeReopening,
  openErasOf,
  quietOf,
} from './judge-breaker.ts';
import { askRpc, type Run, readUntil } from './own-look.ts';
import { isSettled, type Reading, seen } from './reading.ts';
import { sendsBetween } from './send-log.ts';
import { listed } from './steps.ts';
import { until } from './until.ts';

/** Ticks that are watched while it is OPEN, where OPEN lasts for so many. */
const QUIET_TICKS = 5;

/** Starts the executor, and lets it pay a part. */
export const payBefore: Run = async ({ own, plan, read }, notes) => {
  const { store, start } = own.treasury;
  const { length } = plan.before;
  await store.importDisbursements(plan.before, { now: Date.now() });
  start();
  const missed = await until(own.watch, async () => (await store.progress()).paid >= length);
  const reading = await read();
  notes.last = reading;
  const chain = viewChain(own.chain.url);
  const [block, transactions] = await Promise.all([chain.blockNumber(), chain.transactionsOf(DEV_ADDRESS)]);
  return {
    evidence: {
      ...breakerEvidence(reading),
      ...submissionEvidence(reading),
      'transactions on the chain': transactions,
      'newest block': block,
    },
    problems: [
      ...listed(missed),
      ...judgeHealthy(reading),
      ...expectSame('the number of transactions on the chain', transactions, length),
    ],
    isReached: missed === undefined,
  };
};

/** Queues the rest, and lets the RPC fail while it is being sent. */
export const breakRpc: Run = async ({ own, plan, mode }, notes) => {
  const { batch, answered, lost } = plan;
  own.sends.breakAt({
    answered,
    lost,
    spring: () => {
      notes.brokenAt = performance.now();
      void own.proxy.setOutage(mode).then(own.wake);
    },
  });
  await own.treasury.store.importDisbursements(batch, { now: Date.now() });
  const missed = await until(own.watch, () => own.proxy.outage === mode);
  const answer = await askRpc(own.proxy.url);
  return {
    evidence: {
      outage: mode,
      'payments in the batch': batch.length,
      'sent and answered before': answered,
      'sent, and the reply lost': lost,
      'the RPC now': answer.text,
    },
    problems: [...listed(missed), ...(answer.isAnswer ? ['the RPC still answers'] : [])],
    isReached: missed === undefined,
  };
};

/** Waits for OPEN, and queues what comes then. */
export const opens: Run = async (drill, notes) => {
  const { own, plan, policy } = drill;
  const before = seen(notes.last);
  const { reading, missed } = await readUntil(
    drill,
    // More failures than that, and still CLOSED: it will not open any more.
    ({ breaker }) => breaker.state === 'OPEN' || breaker.failures > policy.failureThreshold,
  );
  notes.last = reading;
  await own.treasury.store.importDisbursements(plan.behind, { now: Date.now() });
  const opening = own.changes.find(({ to }) => to === 'OPEN');
  return {
    evidence: {
      ...breakerEvidence(reading),
      ...changeEvidence(before, reading),
      ...submissionEvidence(reading),
      ...(opening && { 'ms after the RPC broke': Math.round(opening.at - notes.brokenAt) }),
    },
    problems: [
      ...listed(missed),
      ...judgeOpening(before, reading, policy),
      ...(opening === undefined ? [] : expectSame('its reason', opening.reason, 'failureThreshold')),
    ],
    isReached: reading.breaker.state === 'OPEN',
  };
};

/** Watches ticks that are refused. */
export const stayQuiet: Run = async ({ own, plan, read }, notes) => {
  const { generation } = seen(notes.last).breaker;
  const chain = viewChain(own.chain.url);
  const readings: Reading[] = [];
  let start: { readonly at: number; readonly transactions: number } | undefined;
  const missed = await until(own.watch, async () => {
    const reading = await read();
    if (reading.breaker.generation !== generation) return true;
    if (start === undefined && isSettled(reading)) {
      start = { transactions: await chain.transactionsOf(DEV_ADDRESS), at: performance.now() };
    }
    readings.push(reading);
    return quietOf(openErasOf(readings)[0] ?? []).ticks >= QUIET_TICKS;
  });
  const quiet = quietOf(openErasOf(readings)[0] ?? []);
  notes.last = readings.at(-1) ?? seen(notes.last);
  const end = own.changes.find(({ from, at }) => from === 'OPEN' && at > notes.brokenAt)?.at;
  const sends = sendsBetween(
    own.sends.sends,
    start?.at ?? Number.POSITIVE_INFINITY,
    end ?? performance.now(),
  );
  const [counts, transactions] = await Promise.all([
    own.treasury.store.countByStatus(),
    chain.transactionsOf(DEV_ADDRESS),
  ]);
  const left = counts.queued + counts.staged + counts.submitted;
  return {
    evidence: {
      ...quietEvidence(quiet),
      'transactions that reached the RPC': sends.length,
      'transactions on the chain': transactions,
      ...rowEvidence(counts),
      ...doubtEvidence(seen(notes.last)),
    },
    problems: [
      ...listed(missed),
      ...judgeQuiet(quiet),
      ...judgeDoubt(seen(notes.last), plan.lost),
      ...expectSame('the number of transactions that reached the RPC', sends.length, 0),
      ...expectSame('the number of transactions on the chain', transactions, start?.transactions),
      ...(left === 0 ? ['nothing is left to be paid: the outage came too late'] : []),
    ],
  };
};

/** Waits until a try has met the RPC that is still broken. */
export const reopen: Run = async (drill, notes) => {
  const before = seen(notes.last);
  const { reading, missed } = await readUntil(drill, (each) => {
    const { state, generation } = each.breaker;
    return (
      state === 'CLOSED' || (state === 'OPEN' && generation > before.breaker.generation && isSettled(each))
    );
  });
  notes.last = reading;
  const reopening = drill.own.changes.findLast(({ from, to }) => from === 'HALF_OPEN' && to === 'OPEN');
  return {
    evidence: {
      ...breakerEvidence(reading),
      ...changeEvidence(before, reading),
      ...submissionEvidence(reading),
      ...(reopening && { 'new time in OPEN, ms': Math.round(reopening.retryAfterMs) }),
    },
    problems: [
      ...listed(missed),
      ...judgeReopening(before, reading, drill.policy),
      ...(reopening === undefined ? [] : judgeFreshDeadline(reopening.retryAfterMs, drill.policy)),
    ],
    isReached: missed === undefined,
  };
};
