/**
 * `treasury-breaker/xstate-inspect`: live XState 5 actors for the tools of @xstate/inspect, which are XState 4's.
 *
 * @packageDocumentation
 */
export type { Acceptance, AcceptList, ToolEvent, ToolTarget } from './accept.ts';
export { createXStateInspectBridge, type XStateInspectBridge } from './bridge.ts';
export type { XStateInspectOptions } from './options.ts';
