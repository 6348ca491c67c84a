import type { AnyStateMachine } from 'xstate';
import { transitionId } from '../../src/diagram/index.ts';
import { type DeclaredTransition, DeclaredTransitions, TransitionCoverage } from '../../src/testing/index.ts';
import { breakerChart, type Chart, executorChart, paymentChart } from './charts.ts';

interface CoveredTransition extends DeclaredTransition {
  /** As drawings name it. */
  readonly id: string;
  /** How many generated paths take it. */
  readonly paths: number;
  readonly isRefused: boolean;
}

/** What all generated paths of one chart cover. */
export interface Covered {
  readonly name: 'circuit-breaker' | 'treasury-executor' | 'disbursement';
  /** Inputs that were explored. */
  readonly variants: number;
  readonly states: number;
  readonly edges: number;
  readonly transitions: readonly CoveredTransition[];
}

/** What the paths of one chart cover; those that were not walked yet are. */
export function cover<Machine extends AnyStateMachine>(
  name: Covered['name'],
  { machine, runs, taken }: Chart<Machine>,
): Covered {
  const coverage = new TransitionCoverage(machine);
  for (const path of runs.flatMap(({ paths }) => paths)) coverage.add(taken(path));
  const declared = [...new DeclaredTransitions(machine)];
  return {
    name,
    variants: runs.length,
    states: runs.reduce((sum, { paths }) => sum + new Set(paths.map(({ source }) => source)).size, 0),
    edges: runs.reduce((sum, { paths }) => sum + paths.length, 0),
    transitions: declared.map((transition) => ({
      ...transition,
      id: transitionId(transition.definition),
      paths: coverage.timesTaken(transition.title),
      isRefused: coverage.isRefused(transition.title),
    })),
  };
}

/** Generates and replays the paths of all three charts. */
export const coverAll = (): readonly Covered[] => [
  cover('circuit-breaker', breakerChart()),
  cover('treasury-executor', executorChart()),
  cover('disbursement', paymentChart()),
];
