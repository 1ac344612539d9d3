/** Whether a target table can be compared at all: its columns are there, and of types that the planned values have. */
import type { ColumnPlan, TablePlan } from "../../../core/plan/plan.ts";
import type { Findings } from "../../findings.ts";
import { quoteName } from "../../quote.ts";
import type { Target } from "../target-reader.ts";
import { targetTypes } from "./values/target-cell.ts";

type Opened = { readonly target: Target; readonly findings: Findings };

export type Fitting = {
  /** The planned columns that there is something to compare with. */
  readonly columns: readonly ColumnPlan[];
  /** The target's types by column. */
  readonly types: ReadonlyMap<string, string>;
};

/** `live`: the table stands in the application's schema. Null, and a finding, when it cannot be compared. */
export async function fittingColumns(
  { target, findings }: Opened,
  table: TablePlan,
  schema: string,
  live: boolean,
): Promise<Fitting | null> {
  const rows = await target.query(
    `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typname
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`,
    [`${quoteName(schema)}.${quoteName(table.target)}`],
  );
  const types = new Map(rows.map(([column, type]) => [column ?? "", type ?? ""]));
  const kinds = new Map(rows.map(([column, , kind]) => [column ?? "", kind ?? ""]));
  if (rows.length === 0) {
    await findings.difference(() => ({
      table: table.source,
      message: `The table ${table.target} is not in the target.`,
    }));
    return null;
  }
  let fits = true;
  const columns: ColumnPlan[] = [];
  for (const column of table.columns) {
    const kind = kinds.get(column.target);
    const fitting = targetTypes(column.encoding);
    // What the application's table generates is never sent: it may be of any type there, or not be there.
    const generated = column.computed && (live || table.into !== undefined);
    if (kind !== undefined && (fitting === null || fitting.includes(kind))) columns.push(column);
    else if (generated && kind !== undefined) columns.push({ ...column, encoding: { kind: "text" } });
    else if (!generated) {
      fits = false;
      await findings.difference(() => ({
        table: table.source,
        column: column.source,
        target: types.get(column.target) ?? null,
        message:
          kind === undefined
            ? `The column ${column.target} is not in the target.`
            : `The column's type in the target cannot be compared with the planned ${column.pgType}.`,
      }));
    }
  }
  return fits ? { columns, types } : null;
}
