import { type CircuitBreakerPolicy, resolvePolicy } from '../../machines/policy.ts';
import { nodeUtil } from '../node-util.ts';
import { isMemory } from './shared-memory.ts';

const KIND = 'treasury-breaker/threads';
/** Of the handle and of the memory behind it. */
const VERSION = 1;

/** A breaker as other threads get it: post it as it is, by `workerData` or `postMessage`, as often as you like. */
export interface BreakerHandle {
  readonly kind: typeof KIND;
  readonly version: typeof VERSION;
  /** No two handles have the same. */
  readonly id: string;
  readonly name: string | undefined;
  readonly policy: CircuitBreakerPolicy;
  readonly buffer: SharedArrayBuffer;
  /** The generation that the breaker had when it was shared. */
  readonly baseGeneration: number;
  readonly ownerThreadId: number;
  /** Whether the breaker runs on the real clock, so that threads know its deadlines by themselves. */
  readonly hasRealClock: boolean;
}

export const handleOf = (fields: Omit<BreakerHandle, 'kind' | 'version'>): BreakerHandle =>
  Object.freeze({ kind: KIND, version: VERSION, ...fields });

/** @throws TypeError for anything else than what `shareBreaker` gave */
export function checkHandle(value: unknown): BreakerHandle {
  const handle = (typeof value === 'object' && value !== null ? value : {}) as Partial<BreakerHandle>;
  if (handle.kind !== KIND) throw new TypeError('attachBreaker needs a handle that shareBreaker gave');
  if (handle.version !== VERSION) {
    throw new TypeError(
      `the handle is of version ${handle.version}, this is ${VERSION}: share and attach by the same treasury-breaker`,
    );
  }
  const isWhole =
    typeof handle.id === 'string' &&
    (handle.name === undefined || typeof handle.name === 'string') &&
    isMemory(handle.buffer) &&
    Number.isSafeInteger(handle.baseGeneration) &&
    Number.isSafeInteger(handle.ownerThreadId) &&
    typeof handle.hasRealClock === 'boolean' &&
    isPolicy(handle.policy);
  if (!isWhole) throw new TypeError('the handle is damaged: post it as shareBreaker gave it');
  return handle as BreakerHandle;
}

function isPolicy(value: CircuitBreakerPolicy | undefined): boolean {
  try {
    return value !== undefined && nodeUtil().isDeepStrictEqual(resolvePolicy(value), value);
  } catch {
    return false;
  }
}

/** The id of the permit of a slot: worked out by the thread that takes it and by the owner alike. */
export const probeIdOf = (shareId: string, generation: number, slot: number): string =>
  `${shareId}.${generation}.${slot}`;
