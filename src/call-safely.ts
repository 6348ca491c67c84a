/** Calls a function of the user's. What it throws, or rejects with when it is asynchronous, goes to `onError`. */
export function callSafely<Detail>(
  listener: (detail: Detail) => unknown,
  detail: Detail,
  onError: (error: unknown) => void,
): void {
  try {
    const result = listener(detail);
    if (result instanceof Promise) result.catch(onError);
  } catch (error) {
    onError(error);
  }
}
