import { plural } from "../../core/messages/count.ts";
import type { TableProfile } from "../../core/plan/profile.ts";
import type { Column } from "../../core/schema/catalog.ts";
import { overflow } from "../../sql/translate/arithmetic.ts";

/** Where integers leave 64 bits SQLite goes on with a REAL, and PostgreSQL refuses the row. `notes`: of the translation. */
export function beyondIntegers(notes: readonly string[], column: Column, profile: TableProfile): string | null {
  const reals = profile.columns[column.name]?.counts.real ?? 0;
  // In a column of REALs they say nothing: each integer is one there.
  if (reals === 0 || column.affinity === "REAL" || !notes.includes(overflow)) return null;
  return `${plural(reals, "value")} may be beyond 64 bits, where SQLite goes on with a REAL and PostgreSQL fails`;
}
