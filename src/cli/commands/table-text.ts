/** Rows as an aligned table. */
import { shorten } from "../../core/values/render-cell.ts";
import { padTo, widest } from "../../report/columns.ts";

export function tableText(columns: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const cells = rows.map((row) => row.map((value) => (value === null ? "NULL" : shorten(value, 80))));
  const widths = columns.map((name, i) => widest([name, ...cells.map((row) => row[i] ?? "")]));
  const line = (values: readonly string[]): string =>
    values
      .map((value, i) => padTo(widths[i] ?? 0, value))
      .join("  ")
      .trimEnd();
  return [
    line(columns),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...cells.map(line),
    `(${rows.length} row${rows.length === 1 ? "" : "s"})`,
  ].join("\n");
}
