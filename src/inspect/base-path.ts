/** @throws RangeError when it is no path that a server can serve something beneath, as `/inspect` is */
export function checkBase(base: string): void {
  if (/^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/.test(base)) return;
  throw new RangeError(`base must be a path like /inspect, got ${JSON.stringify(base)}`);
}
