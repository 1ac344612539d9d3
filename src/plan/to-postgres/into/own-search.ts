/** The application's own search: a tsvector beside the texts that does not exist in the source. */

import type { Note } from "../../../core/plan/plan.ts";
import type { LiveColumn, LiveTable } from "../../../core/schema/live-schema.ts";

/** Whether the application fills it, as a generated column or by a trigger: then it is neither asked about nor compared. */
export function isKeptByApplication(column: LiveColumn, { triggers }: Pick<LiveTable, "triggers">): boolean {
  return isVector(column) && (column.generated || triggers.length > 0);
}

export function isVector({ type }: LiveColumn): boolean {
  return type.base === "tsvector";
}

export function searchNotes(table: string, live: LiveTable, unfed: readonly LiveColumn[]): Note[] {
  return unfed.filter(isVector).map((column): Note => {
    const at = `${table}.${column.name}`;
    const index = `the application's own search index, which the source does not have`;
    if (column.generated) return { code: "SEARCH_KEPT", at, message: `${index}: the target computes it` };
    if (live.triggers.length > 0)
      return {
        code: "SEARCH_KEPT",
        at,
        message: `${index}: it is left to the triggers of ${live.name} (${live.triggers.join(", ")})`,
      };
    const filled = column.default === null ? "it is NULL" : `it takes its default, ${column.default}`;
    return {
      code: "SEARCH_UNFILLED",
      at,
      message: `${index}: nothing fills it for the rows that come (${filled}), so let the application make it`,
    };
  });
}
