import type { Affinity } from "./catalog.ts";

/**
 * A declared type's affinity by SQLite's five rules (https://sqlite.org/datatype3.html, section 3.1). SQLite folds the
 * case of ASCII letters only. In a STRICT table ANY keeps every value as it comes.
 */
export function affinityOf(declaredType: string, strict = false): Affinity {
  if (strict && /^ANY$/i.test(declaredType)) return "BLOB";
  if (/INT/i.test(declaredType)) return "INTEGER";
  if (/CHAR|CLOB|TEXT/i.test(declaredType)) return "TEXT";
  if (/BLOB/i.test(declaredType) || declaredType === "") return "BLOB";
  return /REAL|FLOA|DOUB/i.test(declaredType) ? "REAL" : "NUMERIC";
}
