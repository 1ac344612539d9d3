/** Search as a whole: the functions that the target gets, and what is compared. */
import { RowhaulError } from "../core/errors.ts";
import type { LikePlan, SearchPlan } from "../core/full-text.ts";
import { sameName } from "../core/names.ts";
import type { TablePlan } from "../core/plan.ts";
import type { Planning } from "./context.ts";

/** Null when nothing of the plan is searched. */
export function planSearch(tables: readonly TablePlan[], planning: Planning): SearchPlan | null {
  const { search } = planning.input.settings;
  const like = search.like.map((column) => likePlan(column, tables));
  if (like.length === 0 && tables.every((table) => table.fullText === undefined)) return null;
  const { schema, config, mode, check } = search;
  return { schema, mode: mode === "native" ? "native" : "exact", config, like, check };
}

function likePlan(place: string, tables: readonly TablePlan[]): LikePlan {
  for (const table of tables) {
    const column = table.columns.find((one) => sameName(`${table.source}.${one.source}`, place));
    if (column !== undefined && column.encoding.kind === "text")
      return { table: table.source, column: column.source, targetTable: table.target, targetColumn: column.target };
    if (column !== undefined)
      throw new RowhaulError("PLAN_INVALID", `search.like names ${place}, which is ${column.pgType} in PostgreSQL.`, {
        place: { table: table.source, column: column.source },
        hint: "Only columns of text can be compared by LIKE.",
      });
  }
  throw new RowhaulError("PLAN_INVALID", `search.like names ${place}, which is not among what is moved.`, {
    hint: "Write it as table.column, with the source's names.",
  });
}
