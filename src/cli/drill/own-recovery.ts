import { DEV_ADDRESS } from '../../dev/anvil.ts';
import { viewChain } from './chain-view.ts';
import { breakerEvidence, changeEvidence, doubtEvidence, quietEvidence, rowEvidence } from './evidence.ts';
import { expectSame, judgeQuiet, judgeRecovery, openErasOf, quietOf } from './judge-breaker.ts';
import { judgePaid, judgeProbes } from './judge-payments.ts';
import { askRpc, type Run, readUntil } from './own-look.ts';
import { METRIC, type Reading, seen } from './reading.ts';
import { mostAtOnce, sendsBetween } from './send-log.ts';
import { listed } from './steps.ts';
import { until } from './until.ts';

/** Mends the RPC, and watches that OPEN lasts to its end. */
export const restore: Run = async ({ own, read }, notes) => {
  const isOpen = (await read()).breaker.state === 'OPEN';
  const questions = own.sends.otherCalls;
  notes.restoredAt = performance.now();
  await own.proxy.setOutage(undefined);
  let answer = '';
  // The first question may meet a connection that was cut.
  const missed = await until(own.watch, async () => {
    const { isAnswer, text } = await askRpc(own.proxy.url);
    answer = text;
    return isAnswer;
  });
  const evidence = { 'the RPC now': answer };
  if (!isOpen || missed !== undefined) {
    return { evidence, problems: listed(missed), isReached: missed === undefined };
  }
  const readings: Reading[] = [];
  const left = () => own.changes.find(({ at }) => at > notes.restoredAt);
  const missedEnd = await until(own.watch, async () => {
    readings.push(await read());
    return left() !== undefined;
  });
  const sends = sendsBetween(own.sends.sends, notes.restoredAt, left()?.at ?? performance.now());
  const quiet = quietOf(openErasOf(readings)[0] ?? []);
  return {
    evidence: {
      ...evidence,
      ...quietEvidence(quiet),
      'transactions that reached the RPC': sends.length,
      'questions that reached the RPC': own.sends.otherCalls - questions,
      ...doubtEvidence(readings.at(-1)),
    },
    problems: [
      ...listed(missedEnd),
      ...judgeQuiet(quiet),
      ...expectSame('the number of transactions that reached the RPC', sends.length, 0),
    ],
  };
};

/** Waits for the probes that close it. */
export const probe: Run = async (drill, notes) => {
  const { own, policy } = drill;
  const { reading, missed } = await readUntil(drill, ({ breaker }) => breaker.state === 'CLOSED');
  const closing = own.changes.findLast(({ to, at }) => to === 'CLOSED' && at > notes.restoredAt);
  const halfOpening = own.changes.findLast(({ to, at }) => to === 'HALF_OPEN' && at < (closing?.at ?? 0));
  const probes =
    closing && halfOpening ? sendsBetween(own.sends.sends, halfOpening.at, closing.at) : undefined;
  return {
    evidence: {
      ...changeEvidence(seen(notes.last), reading),
      ...(probes && {
        'submissions while HALF_OPEN': probes.length,
        'out at once, at most': mostAtOnce(probes),
      }),
    },
    problems: [
      ...listed(missed),
      ...(probes === undefined ? ['it did not go from HALF_OPEN to CLOSED'] : judgeProbes(probes, policy)),
    ],
    isReached: missed === undefined,
  };
};

/** Looks at the breaker once it is CLOSED. */
export const closes: Run = async ({ read }, notes) => {
  const reading = await read();
  return {
    evidence: { ...breakerEvidence(reading), ...changeEvidence(seen(notes.last), reading) },
    problems: judgeRecovery(seen(notes.last), reading),
  };
};

/** Waits until nothing is left, and asks store and chain what has been paid. */
export const lookAtPayments: Run = async ({ own, read }) => {
  const { store } = own.treasury;
  const missed = await until(own.watch, async () => (await store.progress()).outstanding === 0);
  const chain = viewChain(own.chain.url);
  const [rows, reading] = [await store.list(), await read()];
  const [balances, transactions, audit] = await Promise.all([
    chain.balancesOf(rows.map(({ destination }) => destination)),
    chain.transactionsOf(DEV_ADDRESS),
    store.checkAudit(),
  ]);
  const paid = [...balances.values()].reduce((sum, each) => sum + each, 0n);
  return {
    evidence: {
      ...rowEvidence(await store.countByStatus()),
      'transactions on the chain': transactions,
      payees: balances.size,
      'base units that they have': paid.toString(),
      'base units of all rows': rows.reduce((sum, { amount }) => sum + amount, 0n).toString(),
      'changes in the audit': audit.changes,
      'faults in the audit': audit.faultCount,
      ...doubtEvidence(reading),
    },
    problems: [
      ...listed(missed),
      ...judgePaid({ rows, balances, transactions, audit }),
      ...expectSame(METRIC.unknownOutcomes, reading.unknownOutcomes, 0),
    ],
    isReached: missed === undefined,
  };
};
