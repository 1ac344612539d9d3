/** A column's type as a person would name it. */
import type { Column } from "../core/schema/catalog.ts";

export function typeName(column: Column): string {
  return column.pgType ?? (column.declaredType === "" ? "no type" : column.declaredType);
}
