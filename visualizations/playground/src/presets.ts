import { DEFAULT_POLICY, resolvePolicy } from '../../../machines/policy.ts';
import { DEFAULT_DRAW, type Scenario } from './scenario.ts';
import type { Step } from './step.ts';

/** A scenario to begin with. */
export interface Preset {
  readonly name: string;
  /** What there is to see in it. */
  readonly about: string;
  readonly scenario: Scenario;
}

const fail: Step = { type: 'FAILURE' };
const wait = (ms: number): Step => ({ type: 'wait', ms });
const ask = (id: string): Step => ({ type: 'PERMIT', id });
const succeedWith = (permit: string): Step => ({ type: 'SUCCESS', permit });
const failWith = (permit: string): Step => ({ type: 'FAILURE', permit });

const fails = (times: number): readonly Step[] => Array.from({ length: times }, () => fail);

const byDefault = (...steps: readonly Step[]): Scenario => ({
  policy: DEFAULT_POLICY,
  draw: DEFAULT_DRAW,
  steps,
});

const opened = fails(DEFAULT_POLICY.failureThreshold);
const OPEN_MS = DEFAULT_POLICY.openTimeoutMs;

/** A probe that fails, after an opening of so many milliseconds. */
const failedProbe = (openMs: number, id: string): readonly Step[] => [wait(openMs), ask(id), failWith(id)];

export const PRESETS: readonly Preset[] = [
  {
    name: 'five failures open it',
    about: 'Five failures in a row, and nobody is admitted any more.',
    scenario: byDefault(...opened, ask('late')),
  },
  {
    name: 'a probe fails',
    about: 'The one probe of HALF_OPEN fails: OPEN again, with a fresh deadline.',
    scenario: byDefault(...opened, ...failedProbe(OPEN_MS, 'probe')),
  },
  {
    name: 'recovery',
    about: 'OPEN until the very last millisecond, then one probe at a time; two successes close it.',
    scenario: byDefault(
      ...opened,
      wait(OPEN_MS - 1),
      wait(1),
      ask('first'),
      ask('extra'),
      succeedWith('first'),
      ask('second'),
      succeedWith('second'),
    ),
  },
  {
    name: 'a stale outcome changes nothing',
    about:
      'Work that was admitted before the opening ends when the breaker tries to recover: it is no verdict on now.',
    scenario: byDefault(ask('early'), ...opened, wait(OPEN_MS), succeedWith('early'), {
      type: 'FAILURE',
      generation: 0,
    }),
  },
  {
    name: 'failures age',
    about:
      'A failure stops counting five minutes after it came, so five of them in a longer time open nothing.',
    scenario: byDefault(fail, wait(100_000), fail, fail, wait(200_000), fail, fail, wait(1_000), fail),
  },
  {
    name: 'backoff',
    about:
      'Each opening without a recovery lasts twice as long, 10 % less by the lot that is drawn, up to a limit.',
    scenario: {
      policy: resolvePolicy({ failureThreshold: 2, openBackoff: { factor: 2, maxMs: 180_000, jitter: 0.2 } }),
      draw: 0.25,
      steps: [
        ...fails(2),
        ...failedProbe(54_000, 'first'),
        ...failedProbe(108_000, 'second'),
        ...failedProbe(180_000, 'third'),
        { type: 'RESET', reason: 'the provider is back' },
      ],
    },
  },
];
