import type { Affinity } from "./catalog.ts";

/** A declared type's affinity by SQLite's five rules (https://sqlite.org/datatype3.html, section 3.1). */
export function affinityOf(declaredType: string, strict: boolean): Affinity {
  const type = declaredType.toUpperCase();
  // In a STRICT table ANY keeps every value as it comes.
  if (strict && type === "ANY") return "BLOB";
  if (type.includes("INT")) return "INTEGER";
  if (type.includes("CHAR") || type.includes("CLOB") || type.includes("TEXT")) return "TEXT";
  if (type.includes("BLOB") || type === "") return "BLOB";
  if (type.includes("REAL") || type.includes("FLOA") || type.includes("DOUB")) return "REAL";
  return "NUMERIC";
}
