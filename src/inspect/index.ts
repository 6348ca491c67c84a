/**
 * `treasury-breaker/inspect`: live statecharts in a browser, for any XState 5 system.
 *
 * @packageDocumentation
 */
export type { ChartState } from '../diagram/chart.ts';
export type { Follower } from './followers.ts';
export { createInspector, type Inspector } from './inspector.ts';
export type { MachineView, ShowList } from './machine-view.ts';
export type { DisbursementSource, InspectorHandler, InspectorOptions } from './options.ts';
export type {
  ActorChangedRecord,
  ActorPicture,
  DisbursementsView,
  DisbursementView,
  EndedRecord,
  EventRecord,
  FeedRecord,
  Hello,
  MachinePicture,
  RejectedRecord,
  Shown,
  ShownFields,
  ShownValue,
  StartedRecord,
} from './protocol.ts';
