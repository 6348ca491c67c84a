import type { Shown, ShownFields } from '../../src/inspect/protocol.ts';

/** One line of the tree: a field or an element, with what was there before the newest event if that was another. */
export interface ContextLine {
  /** `tally.failed`, `probes.0.id` */
  readonly path: string;
  readonly key: string;
  readonly depth: number;
  readonly value: Shown;
  /** `true` for objects and lists with something in them. */
  readonly isBranch: boolean;
  readonly change?: 'new' | 'changed' | 'inside';
  readonly before?: Shown;
}

/** The context as lines, parents before their children. */
export function contextLines(now: ShownFields, before: ShownFields | undefined): readonly ContextLine[] {
  const lines: ContextLine[] = [];
  const walk = (value: Shown, old: Shown | undefined, key: string, path: string, depth: number): void => {
    const isBranch = isObject(value) && Object.keys(value).length > 0;
    lines.push({
      path,
      key,
      depth,
      value,
      isBranch,
      ...changeOf(value, old, isBranch, before === undefined),
    });
    if (!isBranch) return;
    const oldChildren = isObject(old) ? (old as { readonly [key: string]: Shown }) : undefined;
    for (const [name, child] of Object.entries(value)) {
      // Inside something that is new as a whole nothing is marked once more.
      const oldChild = oldChildren === undefined ? child : oldChildren[name];
      walk(child, oldChild, name, `${path}.${name}`, depth + 1);
    }
  };
  for (const [name, value] of Object.entries(now)) walk(value, before?.[name], name, name, 0);
  return lines;
}

const isObject = (value: Shown | undefined): value is readonly Shown[] | { readonly [key: string]: Shown } =>
  typeof value === 'object' && value !== null;

function changeOf(
  value: Shown,
  old: Shown | undefined,
  isBranch: boolean,
  isUnknown: boolean,
): Pick<ContextLine, 'change' | 'before'> {
  if (isUnknown || isSame(value, old)) return {};
  if (old === undefined) return { change: 'new' };
  return isBranch && isObject(old) ? { change: 'inside' } : { change: 'changed', before: old };
}

const isSame = (a: Shown, b: Shown | undefined): boolean =>
  a === b || (isObject(a) && isObject(b) && JSON.stringify(a) === JSON.stringify(b));
