/** A column that a step made. */
import type { Affinity, Column } from "../../core/catalog.ts";
import type { ShapeColumn } from "../../core/transform.ts";

export function plainColumn(column: ShapeColumn): Column {
  return {
    name: column.name,
    declaredType: column.declaredType,
    affinity: affinityOf(column),
    ...(column.pgType === undefined ? {} : { pgType: column.pgType }),
    notNull: false,
    default: null,
    collation: "BINARY",
    isRowid: false,
    generated: null,
  };
}

/** In the shaped file no column converts anything; a PostgreSQL type says itself which class its cells are. */
export function affinityOf({ pgType }: ShapeColumn): Affinity {
  if (pgType === undefined || pgType === "bytea") return "BLOB";
  return /^(smallint|integer|bigint|boolean)$/.test(pgType) ? "INTEGER" : "TEXT";
}
