/**
 * Work that costs something, done once for all who ask for it while it is under way: a thousand who ask at once cost as
 * much as one. Whoever asks after its end gets it done anew, and a failure is kept for nobody.
 */
export function singleFlight<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let underWay: Promise<Result> | undefined;
  // Called within: what throws at once would else be forgotten before it is kept, and then kept for ever.
  const begin = async () => work();
  return () => {
    underWay ??= begin().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
