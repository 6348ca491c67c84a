/** Names the events that a state hears and deliberately ignores, so that none is ignored by oversight. */
export function ignore<Name extends string>(...names: readonly Name[]): Record<Name, Record<never, never>> {
  return Object.fromEntries(names.map((name) => [name, {}])) as Record<Name, Record<never, never>>;
}
