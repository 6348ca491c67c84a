import { nodeUtil } from './node-util.ts';

/** Warns of what nobody listens to, or of what a listener throws itself. */
export function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(nodeUtil().inspect(error)));
}
