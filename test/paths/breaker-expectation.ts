import { expect } from 'vitest';
import { createActor, fromTransition } from 'xstate';
import {
  type BreakerEvent,
  circuitBreakerMachine,
  type PermitDenied,
  type PermitGranted,
  resolvePolicy,
} from '../../machines/index.ts';
import { replayPath } from '../../src/testing/index.ts';
import { stateOf, type Variant } from './breaker-cases.ts';
import type { BreakerPath } from './charts.ts';
import { contractDueAt, contractSays, type Expected } from './contract-table.ts';

/** An actor that keeps the answers to a PERMIT. */
function openMailbox() {
  const answers: (PermitGranted | PermitDenied)[] = [];
  const logic = fromTransition((none: null, event: PermitGranted | PermitDenied) => {
    answers.push(event);
    return none;
  }, null);
  return { answers, ref: createActor(logic).start() };
}

function replay(path: BreakerPath) {
  const { answers, ref } = openMailbox();
  const replayed = replayPath(circuitBreakerMachine, path, {
    serializeState: stateOf,
    toEvent: (event) => (event.type === 'PERMIT' ? { ...event, replyTo: ref } : event),
  });
  return { ...replayed.edge, answer: path.edge.event.type === 'PERMIT' ? answers.at(-1) : undefined };
}

/** Follows a path through the contract's table, which also knows when what comes by time is due. */
function expectedOf(variant: Variant, path: BreakerPath): Expected {
  const policy = resolvePolicy(variant.policy);
  let expected: Expected = { facts: variant.begins, answer: undefined, emitted: [] };
  for (const { event, at, comesByTime } of [...path.approach, path.edge]) {
    if (comesByTime) expect(at).toBe(contractDueAt(expected.facts, policy));
    expected = contractSays(expected.facts, event, policy, at);
  }
  return expected;
}

function expectAnswer(event: BreakerEvent, answer: object | undefined, { facts, ...expected }: Expected) {
  if (event.type !== 'PERMIT') return;
  if (expected.answer === 'denied') {
    expect(answer).toMatchObject({ type: 'PERMIT_DENIED', id: event.id, state: facts.state });
  } else {
    const holdsSlot = facts.state === 'HALF_OPEN' && event.id !== undefined;
    const permit = holdsSlot ? { permit: event.id } : {};
    const { generation } = facts;
    expect(answer).toEqual({ type: 'PERMIT_GRANTED', id: event.id, generation, ...permit });
  }
}

export function expectBreakerPath(variant: Variant, path: BreakerPath): void {
  const { after, emitted, answer } = replay(path);
  const expected = expectedOf(variant, path);
  const { failuresAt, state, slots, successes, generation, openings } = expected.facts;
  expect(after.status).toBe('active');
  expect(after.value).toBe(state);
  const { context } = after;
  expect(context).toMatchObject({ failures: failuresAt.length, successes, generation, openings });
  expect(context.probesInFlight).toBe(slots.length);
  expect(context.probes.map(({ id }) => id)).toEqual(slots.map(({ id }) => id));
  expect(emitted.map(({ reason, ...change }) => change)).toEqual(expected.emitted);
  expectAnswer(path.edge.event, answer, expected);
}
