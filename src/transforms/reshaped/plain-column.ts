/** A column that a step made, and the affinity of one that steps touched. */

import type { SeenColumn } from "../../core/plan/seen.ts";
import type { ShapeColumn } from "../../core/plan/transform.ts";
import { affinityOf } from "../../core/schema/affinity.ts";
import type { Affinity, Column } from "../../core/schema/catalog.ts";

export function plainColumn(column: ShapeColumn, seen: SeenColumn | undefined): Column {
  return {
    name: column.name,
    declaredType: column.declaredType,
    affinity: affinityAfter(column, null, seen),
    ...(column.pgType === undefined ? {} : { pgType: column.pgType }),
    ...(column.truth === undefined ? {} : { truth: column.truth }),
    notNull: false,
    default: null,
    collation: "BINARY",
    isRowid: false,
    generated: null,
  };
}

/**
 * In the reshaped file no column converts anything, so a declaration says something of the values only where it would
 * have left each as it is. A PostgreSQL type says itself which class its cells are.
 */
export function affinityAfter(column: ShapeColumn, source: Column | null, seen: SeenColumn | undefined): Affinity {
  const { pgType, declaredType, changed } = column;
  const asDeclared = source !== null && source.declaredType === declaredType && source.pgType === pgType;
  if (asDeclared && !changed) return source.affinity;
  if (pgType !== undefined) {
    if (pgType === "bytea") return "BLOB";
    return /^(smallint|integer|bigint|boolean)$/.test(pgType) ? "INTEGER" : "TEXT";
  }
  const declared = asDeclared ? source.affinity : affinityOf(declaredType);
  return seen?.fits[declared] === true ? declared : "BLOB";
}
