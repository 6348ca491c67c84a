export { type ActorDone, type ActorFailed, actorDone, actorFailed } from './actor-result.ts';
export { TransitionCoverage } from './coverage.ts';
export { type DeclaredTransition, DeclaredTransitions } from './declared-transitions.ts';
export { type ExploreOptions, explorePaths, exploreSimplePaths } from './explore.ts';
export { fakeActors } from './fake-actors.ts';
export type { Path, Step } from './path.ts';
export { type Replay, type ReplayedStep, type ReplayOptions, replayPath, type TakenStep } from './replay.ts';
export type { Message, WalkOptions, World } from './world.ts';
