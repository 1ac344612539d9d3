/** Work on many things, some of them at a time. */
import pLimit from "p-limit";

/**
 * Does the work for every item, at most `limit` at once, and returns the results in the items' order. The first failure
 * aborts the others, so that no work goes on after the whole has failed; it is thrown once all of them have ended.
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const turn = pLimit(limit);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const results = await Promise.allSettled(
    items.map((item) =>
      turn(async () => {
        try {
          either.throwIfAborted();
          return await work(item, either);
        } catch (error) {
          // Only the first abort counts, so its reason is the first error.
          failed.abort(error);
          throw error;
        }
      }),
    ),
  );
  if (failed.signal.aborted) throw failed.signal.reason;
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}
