/** Everything that a source gives, to its end. */
export async function collect<Each>(source: AsyncIterable<Each>): Promise<readonly Each[]> {
  const all: Each[] = [];
  for await (const each of source) all.push(each);
  return all;
}
