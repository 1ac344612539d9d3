/** A table that the application's file lacks is created there, or stays behind: the user decides. */
import { plural } from "../../../core/messages/count.ts";
import type { SqlitePlanning } from "../context.ts";

/** True when it stays behind, as accepted. */
export function isLeftBehind(name: string, rows: number, { input, hazards, leftOut }: SqlitePlanning): boolean {
  if (input.file === undefined) return false;
  const policy = hazards.meet({
    code: "TABLE_MISSING",
    at: name,
    count: rows,
    message: `the file has no table ${name}, for ${plural(rows, "row")}`,
  });
  if (policy !== "leave") return false;
  leftOut.push({
    object: `table ${name}`,
    reason: `the target has no such table; ${plural(rows, "row")} stay behind, as accepted`,
    rows,
  });
  return true;
}
