import { availableParallelism, cpus } from 'node:os';

/** What a number was measured on: without it the number says nothing. */
export interface Host {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
}

export const host = (): Host => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  node: process.versions.node,
});

/** One line for people. */
export const hostText = ({ cpu, cores, node }: Host): string => `${cpu}, ${cores} cores, Node ${node}`;
