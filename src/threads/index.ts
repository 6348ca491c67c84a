export { attachBreaker } from './attach-breaker.ts';
export type { BreakerHandle } from './handle.ts';
export { shareBreaker } from './share-breaker.ts';
export type { AttachOptions, SharedBreaker } from './types.ts';
