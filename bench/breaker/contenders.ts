import type { CircuitBreaker } from '../../src/index.ts';

/** What a breaker guards. */
export type Work = () => Promise<unknown>;

/** A breaker, or none, as a caller uses it. */
export interface Contender {
  /** The breaker itself. */
  readonly breaker: unknown;
  execute(work: Work): Promise<unknown>;
  /** Whether it refuses; what is not guarded never does. */
  isOpen(): boolean;
}

export interface ContenderOptions {
  /** How long it refuses once it is open. Milliseconds. Each has its own default. */
  readonly openMs?: number;
}

export const CONTENDERS = [
  'bare',
  'treasury-breaker',
  'treasury-breaker, captureStack',
  'treasury-breaker, inspected',
  'cockatiel, consecutive',
  'cockatiel, count',
  'cockatiel, sampling',
  'opossum',
  'opossum, 10 s timeout',
] as const;

export type ContenderName = (typeof CONTENDERS)[number];

/** How many failures in a row open ours by default, and those that can be told so. */
const FAILURES = 5;

/**
 * How to make one; only its own package is loaded. Of each the settings that come nearest to five failures in a row: those
 * that count proportions open when more than half of the calls fail.
 */
export async function contender(name: ContenderName): Promise<(options: ContenderOptions) => Contender> {
  const [library] = name.split(',');
  switch (library) {
    case 'bare':
      return () => ({ breaker: undefined, execute: (work) => work(), isOpen: () => false });
    case 'treasury-breaker':
      return treasuryBreaker(name);
    case 'cockatiel':
      return cockatiel(name);
    default:
      return opossum(name);
  }
}

async function treasuryBreaker(name: ContenderName): Promise<(options: ContenderOptions) => Contender> {
  const { createCircuitBreaker } = await import('../../src/index.ts');
  const captureStack = name === 'treasury-breaker, captureStack';
  const inspector =
    name === 'treasury-breaker, inspected'
      ? (await import('../../src/inspect/index.ts')).createInspector()
      : undefined;
  return ({ openMs }) => {
    const breaker: CircuitBreaker = createCircuitBreaker({
      ...(openMs !== undefined && { policy: { openTimeoutMs: openMs } }),
      captureStack,
      ...(inspector !== undefined && { inspect: inspector.inspect }),
    });
    return { breaker, execute: (work) => breaker.execute(work), isOpen: () => breaker.state === 'OPEN' };
  };
}

async function cockatiel(name: ContenderName): Promise<(options: ContenderOptions) => Contender> {
  const { circuitBreaker, CircuitState, ConsecutiveBreaker, CountBreaker, handleAll, SamplingBreaker } =
    await import('cockatiel');
  const counter = () => {
    if (name === 'cockatiel, count') return new CountBreaker({ threshold: 0.5, size: 100 });
    if (name === 'cockatiel, sampling') return new SamplingBreaker({ threshold: 0.5, duration: 30_000 });
    return new ConsecutiveBreaker(FAILURES);
  };
  return ({ openMs }) => {
    const policy = circuitBreaker(handleAll, { halfOpenAfter: openMs ?? 30_000, breaker: counter() });
    return {
      breaker: policy,
      execute: (work) => policy.execute(work),
      isOpen: () => policy.state === CircuitState.Open,
    };
  };
}

async function opossum(name: ContenderName): Promise<(options: ContenderOptions) => Contender> {
  const { default: CircuitBreaker } = await import('opossum');
  const timeout = name === 'opossum' ? false : 10_000;
  return ({ openMs }) => {
    const breaker = new CircuitBreaker((work: Work) => work(), {
      timeout,
      ...(openMs !== undefined && { resetTimeout: openMs }),
      volumeThreshold: FAILURES,
    });
    return { breaker, execute: (work) => breaker.fire(work), isOpen: () => breaker.opened };
  };
}
