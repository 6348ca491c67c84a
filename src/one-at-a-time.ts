/**
 * Work that is done for one caller at a time, in the order of asking. Who asks a thousand times at once waits for himself,
 * and others who share what the work needs find no more than one of his calls before them.
 */
export function oneAtATime<Arguments extends readonly unknown[], Result>(
  work: (...given: Arguments) => Promise<Result>,
): (...given: Arguments) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (...given) => {
    const result = last.then(() => work(...given));
    last = result.catch(() => {});
    return result;
  };
}
