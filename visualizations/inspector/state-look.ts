import type { ActorPicture, ShownValue } from '../../src/inspect/protocol.ts';
import { leavesOf } from './format.ts';

/** How a state is shown beside its word. The shape alone tells them apart, without any colour. */
export interface StateLook {
  readonly tone: 'good' | 'bad' | 'warn' | 'off' | 'neutral';
  readonly shape: 'disc' | 'octagon' | 'half' | 'barred' | 'dot' | 'check' | 'cross' | 'square';
}

const BREAKER: { readonly [state: string]: StateLook } = {
  CLOSED: { tone: 'good', shape: 'disc' },
  OPEN: { tone: 'bad', shape: 'octagon' },
  HALF_OPEN: { tone: 'warn', shape: 'half' },
  ISOLATED: { tone: 'off', shape: 'barred' },
};
const TROUBLE = /fault|error|fail|lost|dead|crash|broken/i;

/** The breaker's states have looks of their own; of other machines only an end or a name of trouble stands out. */
export function lookOf(value: ShownValue, status: ActorPicture['status'] = 'active'): StateLook {
  if (status === 'error') return { tone: 'bad', shape: 'cross' };
  if (status === 'done') return { tone: 'off', shape: 'check' };
  if (status === 'stopped') return { tone: 'off', shape: 'square' };
  const own = typeof value === 'string' ? BREAKER[value] : undefined;
  if (own !== undefined) return own;
  const isTrouble = leavesOf(value).some((leaf) => TROUBLE.test(leaf.at(-1) ?? ''));
  return isTrouble ? { tone: 'bad', shape: 'cross' } : { tone: 'neutral', shape: 'dot' };
}
