import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, StateValue } from 'xstate';

/** Paths of the states without children that a machine can rest in: neither an end nor left as soon as it is entered. */
export const leavesOf = (machine: AnyStateMachine): readonly string[] => leavesWithin(machine.root);

function leavesWithin(node: AnyStateNode): readonly string[] {
  const children = Object.values<AnyStateNode>(node.states);
  if (children.length > 0) return children.flatMap(leavesWithin);
  const isLeftAtOnce = node.always?.some(({ guard }) => guard === undefined) ?? false;
  return node.type === 'final' || isLeftAtOnce ? [] : [node.path.join('.')];
}

/** Those of them that a snapshot is in: several in a parallel state. */
export const activeLeaves = ({ value }: AnyMachineSnapshot): readonly string[] => leavesIn(value);

function leavesIn(value: StateValue, path = ''): readonly string[] {
  if (typeof value === 'string') return [path + value];
  return Object.entries(value).flatMap(([key, child]) => {
    const inside = child === undefined ? [] : leavesIn(child, `${path}${key}.`);
    return inside.length > 0 ? inside : [path + key];
  });
}
