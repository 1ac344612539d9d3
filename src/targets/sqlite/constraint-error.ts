/** Constraint errors of SQLite, with the row that caused them. */
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { shorten } from "../../core/values/render-cell.ts";

/** Anything else comes back as it is. `key`: of the row; `cellOf`: its value for a column of the target's. */
export function constraintError(
  thrown: unknown,
  table: string,
  key: readonly (readonly [string, unknown])[],
  cellOf: (column: string) => unknown,
): unknown {
  const code = String((thrown as { code?: unknown } | null)?.code ?? "");
  if (!code.startsWith("SQLITE_CONSTRAINT")) return thrown;
  const message = messageOf(thrown);
  // `UNIQUE constraint failed: u.email`, or several of them.
  const named = /: ([^:]+)$/.exec(message)?.[1]?.split(", ")[0] ?? "";
  const column = /^[^.]+\.(.+)$/.exec(named)?.[1];
  return new RowhaulError("CONSTRAINT_VIOLATED", `A row of ${table} breaks what its table enforces: ${message}.`, {
    place: {
      table,
      ...(key.length === 0 ? {} : { key: key.map(([name, value]) => `${name}=${shown(value)}`).join(", ") }),
      ...(column === undefined ? {} : { column, sample: shown(cellOf(column)) }),
    },
    hint: "Correct the rows in the source, leave them out with `where`, or mend them by a transform in a pipeline file; then run again with --fresh.",
    cause: thrown,
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (Buffer.isBuffer(value)) return `x'${value.toString("hex").slice(0, 40)}'`;
  return shorten(typeof value === "string" ? JSON.stringify(value) : String(value));
}
