/** A cell as it is in the snapshot, and how its column is written. */

/** A text that is not valid in its database's encoding: its bytes. */
export type BrokenText = { readonly broken: Buffer };

/** INTEGER is a bigint, REAL a number, TEXT a string, BLOB a Buffer. */
export type ExportCell = null | bigint | number | string | Buffer | BrokenText;

/** `numeric`: texts that are numbers stand as numbers. `json`: texts that are JSON stand as JSON. */
export type ColumnStyle = "plain" | "numeric" | "json";

export function styleOf(column: { readonly declaredType: string; readonly pgType?: string }): ColumnStyle {
  const type = (column.pgType ?? column.declaredType).trim().toLowerCase();
  if (column.pgType !== undefined && /^(numeric|decimal)\s*(\([^)]*\))?$/.test(type)) return "numeric";
  return type === "json" || (column.pgType !== undefined && type === "jsonb") ? "json" : "plain";
}
