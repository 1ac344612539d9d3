/** A source table as the first step sees it. */
import type { Table } from "../core/schema/catalog.ts";
import type { OutputShape } from "./definition.ts";

export function shapeOf(table: Table): OutputShape {
  return {
    table: table.name,
    columns: table.columns.map(({ name, declaredType, pgType, truth }) => ({
      name,
      declaredType,
      ...(pgType === undefined ? {} : { pgType }),
      ...(truth === undefined ? {} : { truth }),
      origin: name,
      changed: false,
    })),
  };
}
