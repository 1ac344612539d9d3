import { plural } from "../../core/messages/count.ts";
import type { TableProfile } from "../../core/plan/profile.ts";
import type { Column } from "../../core/schema/catalog.ts";
import { overflow } from "../../sql/translate/arithmetic.ts";
import type { Planning } from "../context.ts";

/**
 * What a view or a generated column calculates, found by carrying it out. `id`: of its trial; `notes`: of the
 * translation, for beside REALs integers are reckoned as such, and do not fail.
 */
export function beyondNumbers(id: string, notes: readonly string[], { input }: Planning): string | null {
  const found = input.overflows?.get(id);
  if (found === undefined || (found.of === "integers" && !notes.includes(overflow))) return null;
  const one = found.count === 1;
  const which = one ? found.sample : `${found.sample}, and ${plural(found.count - 1, "more calculation")},`;
  if (found.of === "reals")
    return `${which} ${one ? "leaves" : "leave"} double precision, where SQLite goes on with Inf or 0 and PostgreSQL fails`;
  return `${which} ${one ? "leaves" : "leave"} 64 bits, where SQLite goes on with a REAL and PostgreSQL fails`;
}

/** Where integers leave 64 bits SQLite goes on with a REAL, and PostgreSQL refuses the row. `notes`: of the translation. */
export function beyondIntegers(notes: readonly string[], column: Column, profile: TableProfile): string | null {
  const reals = profile.columns[column.name]?.counts.real ?? 0;
  // In a column of REALs they say nothing: each integer is one there.
  if (reals === 0 || column.affinity === "REAL" || !notes.includes(overflow)) return null;
  return `${plural(reals, "value")} may be beyond 64 bits, where SQLite goes on with a REAL and PostgreSQL fails`;
}
