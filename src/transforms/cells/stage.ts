/**
 * A stage of the row lane: a pure function from a batch to zero or more batches.
 * Filter by yielding nothing, split by yielding twice. Pure, because resuming and
 * validating replay it.
 */
import type { Row } from "../../core/values/wire.ts";

export type Stage = (batch: Row[]) => Iterable<Row[]>;

/** Runs batches through the stages in order. */
export function* through(stages: readonly Stage[], batches: Iterable<Row[]>): Generator<Row[]> {
  const [first, ...rest] = stages;
  if (first === undefined) {
    yield* batches;
    return;
  }
  for (const batch of batches) yield* through(rest, first(batch));
}
