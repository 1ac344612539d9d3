/** A step that hands on some of the columns. */
import type { OutputShape, StepDraft } from "../definition.ts";

export function onlyColumns(shape: OutputShape, kept: readonly number[], on: string): StepDraft {
  return {
    on,
    outputs: [{ ...shape, columns: kept.flatMap((i) => shape.columns[i] ?? []) }],
    rowForRow: true,
    drops: true,
    start: () => (row, emit) =>
      emit(
        0,
        kept.map((i) => row[i] ?? null),
      ),
  };
}
