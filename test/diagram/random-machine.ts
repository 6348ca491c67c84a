import { type AnyStateMachine, createMachine } from 'xstate';

/** A chart of chance: up to three levels, regions, history, any state leading to any other. The seed says which. */
export function randomMachine(seed: number): AnyStateMachine {
  const pick = generator(seed);
  const ids: string[] = [];
  const children = (depth: number): Record<string, unknown> => {
    const count = 2 + pick(depth === 0 ? 4 : 2);
    return Object.fromEntries(Array.from({ length: count }, () => state(depth)));
  };
  const state = (depth: number): [string, unknown] => {
    const key = `${'state'.slice(0, 1 + pick(5))}${ids.length}`;
    ids.push(key);
    const isNested = depth < 2 && pick(4) === 0;
    if (!isNested) return [key, { id: key, entry: pick(3) === 0 ? ['enterIt', 'noteIt'] : [] }];
    const states = children(depth + 1);
    if (pick(3) === 0) return [key, { id: key, type: 'parallel', states }];
    const history = pick(3) === 0 ? { [`h${key}`]: { type: 'history' } } : {};
    return [key, { id: key, initial: Object.keys(states)[0], states: { ...states, ...history } }];
  };
  const states = children(0);
  const wire = (nodes: Record<string, unknown>): void => {
    for (const node of Object.values(nodes) as {
      id?: string;
      on?: object;
      states?: Record<string, unknown>;
    }[]) {
      if (node.id === undefined) continue;
      node.on = Object.fromEntries(
        Array.from({ length: pick(4) }, (_, i) => [
          `EVENT_${i}`,
          { target: `#${ids[pick(ids.length)]}`, actions: pick(2) === 0 ? 'doSomething' : [] },
        ]),
      );
      if (pick(4) === 0) Object.assign(node, { after: { 1000: `#${ids[pick(ids.length)]}` } });
      if (node.states !== undefined) wire(node.states);
    }
  };
  wire(states);
  return createMachine({ id: 'random', initial: Object.keys(states)[0] ?? '', states } as never);
}

/** Numbers from 0 to below n, the same for the same seed (mulberry32). */
function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}
