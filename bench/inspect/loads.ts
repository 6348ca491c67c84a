import { type InspectionEvent, SimulatedClock } from 'xstate';
import { type CircuitBreaker, createCircuitBreaker } from '../../src/index.ts';
import { startTicking } from './ticking.ts';

/** XState's option, or none of it. */
export type Inspect = ((event: InspectionEvent) => void) | undefined;

export interface RunningLoad {
  /** One of the things that are measured. */
  once(): void | Promise<void>;
  /** @throws Error when it did not do what it is said to do */
  check(): void;
}

/** Some work of actors, and how much of it there is at a time. */
export interface Load {
  readonly title: string;
  /** How many at each beat, and the beat in milliseconds. */
  readonly burst: number;
  readonly everyMs: number;
  start(inspect: Inspect): RunningLoad;
}

const optional = (inspect: Inspect) => (inspect === undefined ? {} : { inspect });

const expectState = (breaker: CircuitBreaker, state: string) => {
  if (breaker.state !== state) throw new Error(`the breaker is ${breaker.state}, not ${state}`);
};

export const LOADS = {
  pair: {
    title: 'FAILURE and SUCCESS in CLOSED',
    burst: 20,
    everyMs: 20,
    start(inspect) {
      const breaker = createCircuitBreaker(optional(inspect));
      return {
        once() {
          breaker.recordFailure();
          breaker.recordSuccess();
        },
        check: () => expectState(breaker, 'CLOSED'),
      };
    },
  },
  cycle: {
    title: 'CLOSED, OPEN, HALF_OPEN, CLOSED',
    burst: 4,
    everyMs: 20,
    start(inspect) {
      const clock = new SimulatedClock();
      const policy = { failureThreshold: 1, successThreshold: 1 };
      const breaker = createCircuitBreaker({ policy, clock, ...optional(inspect) });
      let cycles = 0;
      return {
        once() {
          breaker.recordFailure();
          clock.increment(breaker.retryAfterMs);
          breaker.allowRequest();
          breaker.recordSuccess();
          cycles += 1;
        },
        check() {
          expectState(breaker, 'CLOSED');
          if (breaker.generation !== 3 * cycles) throw new Error('a cycle has three changes of state');
        },
      };
    },
  },
  execute: {
    title: '`execute` of a resolved function in CLOSED',
    burst: 5_000,
    everyMs: 20,
    start(inspect) {
      const breaker = createCircuitBreaker(optional(inspect));
      const work = () => Promise.resolve(1);
      return {
        once: () => breaker.execute(work).then(() => {}),
        check: () => expectState(breaker, 'CLOSED'),
      };
    },
  },
  tick: {
    title: 'tick of a parent with 20 spawned children',
    burst: 1,
    everyMs: 50,
    start: (inspect) => startTicking(optional(inspect)),
  },
} as const satisfies Record<string, Load>;

export type LoadName = keyof typeof LOADS;
