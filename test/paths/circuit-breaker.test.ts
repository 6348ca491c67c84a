import { beforeAll, describe, expect, it } from 'vitest';
import { createActor, fromTransition } from 'xstate';
import {
  type BreakerEvent,
  circuitBreakerMachine,
  type PermitDenied,
  type PermitGranted,
  resolvePolicy,
} from '../../machines/index.ts';
import {
  DeclaredTransitions,
  explorePaths,
  type Path,
  replayPath,
  TransitionCoverage,
} from '../../src/testing/index.ts';
import { eventsIn, NEW_BREAKERS, RESTORED_BREAKERS, stateOf, type Variant } from './breaker-cases.ts';
import { contractDueAt, contractSays, type Expected } from './contract-table.ts';

type BreakerPath = Path<typeof circuitBreakerMachine>;

const explore = ({ policy, memory }: Variant): readonly BreakerPath[] =>
  explorePaths(circuitBreakerMachine, {
    input: { policy, memory },
    events: eventsIn,
    serializeState: stateOf,
  });

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
  return { ...replayed, answer: path.edge.event.type === 'PERMIT' ? answers.at(-1) : undefined };
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

function expectContract(variant: Variant, path: BreakerPath): void {
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

const variants = [...NEW_BREAKERS, ...RESTORED_BREAKERS];
const explored = variants.map((variant) => ({ variant, paths: explore(variant) }));

for (const { variant, paths } of explored) {
  describe(`every edge with ${variant.title}`, () => {
    for (const path of paths) it(path.title, () => expectContract(variant, path));
  });
}

describe('every event of the chart in every state', () => {
  const types = circuitBreakerMachine.events.filter((type) => !type.startsWith('xstate.'));
  const edges = explored.flatMap(({ paths }) => paths);

  for (const state of ['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'] as const) {
    it.each(types)(`${state} is sent %s, and names it`, (type) => {
      const tried = edges.some(({ source, edge }) => source.value === state && edge.event.type === type);
      expect(tried).toBe(true);
      expect(circuitBreakerMachine.states[state]?.transitions.has(type)).toBe(true);
    });
  }
});

describe('every transition that the chart declares', () => {
  const declared = [...new DeclaredTransitions(circuitBreakerMachine)];
  const guarded = declared.filter(({ guard }) => guard !== undefined);
  const coverage = new TransitionCoverage(circuitBreakerMachine);

  beforeAll(() => {
    for (const { paths } of explored) for (const path of paths) coverage.add(replay(path).taken);
  });

  for (const { title } of declared) {
    it(`${title} is taken`, () => expect(coverage.isTaken(title)).toBe(true));
  }

  for (const { title } of guarded) {
    it(`${title} is refused by its guard`, () => expect(coverage.isRefused(title)).toBe(true));
  }
});
