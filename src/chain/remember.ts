/** Facts that are kept of the chain: each look-up of a tick asks about the same few. */
const KEPT = 1_000;

/** Keeps a fact, and forgets the one that was kept for longest when there are too many. */
export function rememberIn<Key, Value>(facts: Map<Key, Value>, key: Key, value: Value): void {
  facts.delete(key);
  facts.set(key, value);
  if (facts.size > KEPT) facts.delete(facts.keys().next().value as Key);
}
