/** How a source's cells are to be read for a column of the file. */
import type { Column } from "../../../core/schema/catalog.ts";
import { declaredKind } from "../../../core/schema/declared-type.ts";
import type { FileColumn, FileReading } from "../../../core/schema/file-schema.ts";
import type { Settings } from "../../../core/settings.ts";

/** `mixed`: until the values are seen, texts may stand beside what JSON writes without quotes. */
export function fileReading(column: Column, live: FileColumn, settings: Settings, mixed = true): FileReading {
  return { affinity: live.affinity, only: live.only, as: formOf(column, live, settings), mixed };
}

function formOf({ pgType, declaredType, affinity }: Column, live: FileColumn, { source }: Settings): FileReading["as"] {
  const json = source.kind === "json";
  if (json && declaredKind(declaredType) === "json") return "json";
  // The digits as their source writes them are a text like any other.
  if (live.affinity === "TEXT") return "stored";
  if (pgType !== undefined && /^(double precision|real)$/.test(pgType)) return "double";
  const wantsNumber = live.affinity !== "BLOB" || json;
  if (pgType !== undefined && /^numeric/.test(pgType)) return wantsNumber ? "number" : "stored";
  // JSON and PostgreSQL know numbers, and no INTEGER beside a REAL that is equal to it.
  const counts = pgType === undefined ? json && affinity === "INTEGER" : /^(smallint|integer|bigint)$/.test(pgType);
  return counts ? "number" : "stored";
}
