export { TransitionCoverage } from './coverage.ts';
export { type DeclaredTransition, DeclaredTransitions } from './declared-transitions.ts';
export { type ExploreOptions, explorePaths } from './explore.ts';
export type { Path, Step } from './path.ts';
export { type Replay, type ReplayOptions, replayPath, type TakenStep } from './replay.ts';
