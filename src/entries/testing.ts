import { withPeer } from './with-peer.ts';

// `treasury-breaker/testing`: generates and replays the paths of your own machines. Needs @xstate/graph.
// Its types are those of the module itself.
export const {
  actorDone,
  actorFailed,
  DeclaredTransitions,
  explorePaths,
  exploreSimplePaths,
  fakeActors,
  replayPath,
  TransitionCoverage,
} = await withPeer('testing', ['@xstate/graph'], () => import('../testing/index.ts'));
