/** The value of an id that the chart itself has put into the map. */
export function found<Value>(map: ReadonlyMap<string, Value>, id: string): Value {
  const value = map.get(id);
  if (value === undefined) throw new RangeError(`the chart has no ${id}`);
  return value;
}
