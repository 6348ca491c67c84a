/**
 * `treasury-breaker/inspect`: live statecharts in a browser, for any XState 5 system.
 *
 * @packageDocumentation
 */
export { createInspector, type Inspector } from './inspector.ts';
export type { MachineView, ShowList } from './machine-view.ts';
export type { DisbursementSource, InspectorHandler, InspectorOptions } from './options.ts';
export type { DisbursementsView, DisbursementView } from './protocol.ts';
