import type { LabelBox, StateBox } from './boxes.ts';
import type { ChartState } from './chart.ts';
import type { ChartEdge } from './edges.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle on the page, px. */
export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

export interface DrawnState {
  readonly state: ChartState;
  readonly box: StateBox;
  readonly area: Area;
  /** 0 for the root. */
  readonly depth: number;
  /** Within a parallel state: one of its regions. */
  readonly isRegion: boolean;
}

/** The edge from a dot to the state that is entered first. */
export interface DrawnInitial {
  readonly state: ChartState;
  readonly center: Point;
  readonly points: readonly Point[];
}

export interface DrawnEdge {
  readonly edge: ChartEdge;
  /** From the source to the target, every corner. */
  readonly points: readonly Point[];
  readonly label: LabelBox;
  readonly area: Area;
}

/** A chart with the place of everything, in the order in which it is painted. */
export interface Drawing {
  readonly chart: ChartState;
  readonly width: number;
  readonly height: number;
  readonly states: readonly DrawnState[];
  readonly initials: readonly DrawnInitial[];
  readonly edges: readonly DrawnEdge[];
}
