/** The value of a sample without labels on a page in Prometheus' text format; `undefined` where it is not. */
export function readSample(page: string, name: string): number | undefined {
  const [, value] = new RegExp(`^${name} (\\S+)`, 'm').exec(page) ?? [];
  const number = Number(value);
  return value === undefined || Number.isNaN(number) ? undefined : number;
}
