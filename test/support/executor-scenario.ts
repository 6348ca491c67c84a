import { reconcile } from './executor-reconcile.ts';
import { type Bench, World, type WorldOptions } from './executor-world.ts';

export interface Scenario {
  readonly title: string;
  readonly run: (bench: Bench) => Promise<void>;
}

/** A scenario in a world of its own, after which chain and store are compared. */
export function scenario(
  title: string,
  play: (world: World) => Promise<void>,
  options?: WorldOptions,
): Scenario {
  return {
    title,
    run: async (bench) => {
      const world = await World.open(bench, options);
      try {
        await play(world);
        await reconcile(world);
      } finally {
        await world.close();
      }
    },
  };
}
