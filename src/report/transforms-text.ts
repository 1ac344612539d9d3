/** What the transforms did to each table, and what of it could be taken back. */
import { count, plural } from "../core/messages/count.ts";
import type { Report } from "../core/report.ts";
import type { Paint } from "./paint.ts";

type Table = NonNullable<Report["transforms"]>["tables"][number];

/** Of rows that belong together: how many of each table. */
export function selectedLines({ transforms }: Report): string[] {
  return (transforms?.selected ?? []).map(({ table, rows }) => `${table}: ${plural(rows, "row")}`);
}

export function transformedTitle({ table, read, written, quarantined }: Table): string {
  const [first, ...others] = written;
  const own = first?.table === table ? plural(first.rows, "row") : written.map(outputText).join(", ");
  const more = first?.table === table && others.length > 0 ? `, and ${others.map(outputText).join(", ")}` : "";
  const left = quarantined === 0 ? "" : `, ${plural(quarantined, "row")} in quarantine`;
  return `Transformed: ${table}, ${plural(read, "row")} read, ${own} written${more}${left}`;
}

/** One line a step, with row counts only where they change. */
export function transformedLines({ steps }: Table, paint: Paint): string[] {
  return steps.map(({ label, rowsIn, rowsOut, undo }) => {
    const rows = rowsIn === rowsOut ? "" : ` ${count(rowsIn)} → ${plural(rowsOut, "row")}`;
    return `${label}:${rows}${rows === "" ? "" : ";"} ${paint("dim", undo)}`;
  });
}

function outputText({ table, rows }: { readonly table: string; readonly rows: number }): string {
  return `${plural(rows, "row")} of ${table}`;
}
