import { disbursementSetup } from '../../machines/disbursement-setup.ts';
import { executorSetup } from '../../machines/executor-setup.ts';
import { disbursementMachine, treasuryExecutorMachine } from '../../machines/index.ts';
import { type Charts, SHIPPED_CHARTS } from '../../src/executor/executor-actors.ts';
import { groupKey } from './executor-coverage.ts';

/** A chart with one thing missing. */
export interface Mutant {
  /** `<group>[<index>] <guard> -> <target>, deleted`. */
  readonly name: string;
  /** The transitions that stand beside the mutated one. */
  readonly group: string;
  /** Place of the mutated one in its group. */
  readonly index: number;
  readonly kind: 'deleted' | 'without its guard' | `without ${string}`;
  readonly charts: () => Charts;
}

interface Candidate {
  guard?: unknown;
  readonly target?: string;
  readonly actions?: unknown;
}

interface Invoke {
  onDone?: Slot;
  onError?: Slot;
}

type Slot = Candidate | Candidate[];

interface Node {
  on?: Record<string, Slot>;
  after?: Record<string, Slot>;
  always?: Slot;
  onDone?: Slot;
  invoke?: Invoke;
  states?: Record<string, Node>;
}

/** Where a group of candidates stands in a chart's source. */
interface Place {
  readonly holder: Record<string, Slot>;
  readonly key: string;
  readonly state: string;
  readonly slot: string;
}

function* placesOf(node: Node, path: readonly string[] = []): Generator<Place> {
  const state = path.join('.');
  const held = (holder: object | undefined, name: (key: string) => string, keys?: readonly string[]) =>
    Object.keys(holder ?? {})
      .filter((key) => keys?.includes(key) ?? true)
      .map((key) => ({ holder: holder as Record<string, Slot>, key, state, slot: name(key) }));
  yield* held(node.on, (event) => `on ${event}`);
  yield* held(node.after, (delay) => `after ${delay}`);
  yield* held(node, (key) => key, ['always', 'onDone']);
  yield* held(node.invoke, (key) => `invoke ${key}`, ['onDone', 'onError']);
  for (const [key, child] of Object.entries(node.states ?? {})) yield* placesOf(child, [...path, key]);
}

/** A copy whose functions are the same ones. */
function copyOf<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)])) as Value;
}

const candidatesAt = ({ holder, key }: Place): readonly Candidate[] => [holder[key] ?? []].flat();

const hasEffect = ({ target, actions }: Candidate): boolean => target !== undefined || actions !== undefined;

/** The chart again, with one group of candidates replaced. */
function replaced(config: Node, ordinal: number, change: (candidates: Candidate[]) => Candidate[]): Node {
  const copy = copyOf(config);
  const place = [...placesOf(copy)][ordinal];
  if (place === undefined) throw new Error(`no place ${ordinal}`);
  const left = change([...candidatesAt(place)]);
  if (left.length === 0) delete place.holder[place.key];
  else place.holder[place.key] = left;
  return copy;
}

type Build = (config: Node) => Charts;

function* mutantsOf(machineId: string, config: Node, build: Build): Generator<Mutant> {
  for (const [ordinal, place] of [...placesOf(config)].entries()) {
    const group = groupKey(machineId, place.state, place.slot);
    for (const [index, candidate] of candidatesAt(place).entries()) {
      if (!hasEffect(candidate)) continue;
      const { guard, target, actions } = candidate;
      const words = [`${group}[${index}]`, guard, '->', target ?? [actions].flat().join(', ')];
      const name = words.filter((word) => word !== undefined).join(' ');
      const mutant = (kind: Mutant['kind'], change: (candidates: Candidate[]) => Candidate[]): Mutant => ({
        name: `${name}, ${kind}`,
        group,
        index,
        kind,
        charts: () => build(replaced(config, ordinal, change)),
      });
      yield mutant('deleted', (candidates) => candidates.toSpliced(index, 1));
      const every = [actions ?? []].flat();
      for (const action of every.length > 1 || target !== undefined ? every : []) {
        const rest = every.filter((other) => other !== action);
        yield mutant(`without ${String(action)}`, (candidates) =>
          candidates.with(index, { ...candidate, actions: rest }),
        );
      }
      if (guard === undefined) continue;
      yield mutant('without its guard', (candidates) => {
        const { guard: _, ...unguarded } = candidate;
        return candidates.with(index, unguarded);
      });
    }
  }
}

/** Mutants that differ from the chart in nothing, and why. */
const EQUIVALENT: ReadonlyMap<string, string> = new Map([
  [
    'disbursement: underway on SETTLE[0] -> lookingUp, without takeOrder',
    'a payment is made for its look-up, so that its first order is this one already',
  ],
]);

/** Every chart in which one transition with an effect is missing, or one guard, or one action. */
export const MUTANTS: readonly Mutant[] = [
  ...mutantsOf('treasuryExecutor', treasuryExecutorMachine.config as Node, (config) => ({
    ...SHIPPED_CHARTS,
    executor: executorSetup.createMachine(config as never) as unknown as Charts['executor'],
  })),
  ...mutantsOf('disbursement', disbursementMachine.config as Node, (config) => ({
    ...SHIPPED_CHARTS,
    disbursement: disbursementSetup.createMachine(config as never) as unknown as Charts['disbursement'],
  })),
].filter(({ name }) => !EQUIVALENT.has(name));
