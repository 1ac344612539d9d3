/**
 * The rows of a view on both sides, compared as multisets of digests: a view has
 * neither key nor order. Only columns whose values read the same on both sides
 * take part; REALs do not, for their sums depend on the order of the rows.
 */
import { hash } from "node:crypto";
import { shorten } from "../../../core/values/render-cell.ts";
import { quoteLiteral, quoteName } from "../../quote.ts";
import type { Source } from "../../source-reader.ts";
import type { Target } from "../target-reader.ts";
import { type SourceReading, sourceView, targetView } from "./view-reading.ts";

export type RowDifference = {
  readonly columns: readonly string[];
  /** Rows of the source that the target does not show. */
  readonly missing: number;
  readonly source: string | null;
  readonly target: string | null;
};

export type ComparedView = {
  readonly source: Source;
  readonly target: Target;
  readonly schema: string;
  readonly view: { readonly source: string; readonly target: string };
  readonly reading: SourceReading;
};

/** Null when the rows are the same, or no column can be compared. */
export async function compareViewRows(compared: ComparedView): Promise<RowDifference | null> {
  const columns = await comparableColumns(compared);
  if (columns.length === 0) return null;
  const left = new Map<string, number>();
  for (const row of sourceRows(compared, columns)) add(left, row, 1);
  let extra: string | null = null;
  const items = columns.map(({ at, type }) => `c${at}${type === "boolean" ? "::int" : ""}::text`).join(", ");
  const sql = `SELECT ${items} FROM ${targetView(compared.schema, compared.view.target, compared.reading.columns.length)}`;
  for await (const rows of compared.target.pages(sql, [], 5000)) {
    for (const row of rows) {
      const text = JSON.stringify(row);
      if (!add(left, text, -1)) extra ??= text;
    }
  }
  const missing = [...left.values()].reduce((sum, count) => sum + Math.max(0, count), 0);
  if (missing === 0 && extra === null) return null;
  return {
    columns: columns.map(({ at }) => compared.reading.columns[at] ?? ""),
    missing,
    source: shortened(firstMissing(compared, columns, left)),
    target: shortened(extra),
  };
}

/** Adds to a row's count. False, and nothing changed, when there is none to remove. */
function add(counts: Map<string, number>, row: string, amount: 1 | -1): boolean {
  const digest = hash("sha256", row, "base64");
  const count = counts.get(digest) ?? 0;
  if (count + amount < 0) return false;
  counts.set(digest, count + amount);
  return true;
}

type Comparable = { readonly at: number; readonly type: string };

/** Storage classes that a column of the target's type may stand for. */
const classesByType: Readonly<Record<string, readonly string[]>> = {
  smallint: ["bit", "integer"],
  integer: ["bit", "integer"],
  bigint: ["bit", "integer"],
  boolean: ["bit"],
  text: ["text"],
  bytea: ["blob"],
};

async function comparableColumns({ target, schema, view, reading }: ComparedView): Promise<Comparable[]> {
  const types = await target.query(
    `SELECT pg_catalog.format_type(atttypid, NULL) FROM pg_catalog.pg_attribute
     WHERE attrelid = ${quoteLiteral(`${quoteName(schema)}.${quoteName(view.target)}`)}::pg_catalog.regclass AND attnum > 0 ORDER BY attnum`,
  );
  return reading.columns.flatMap((_, i) => {
    const type = types[i]?.[0] ?? "";
    const carried = classesByType[type];
    const found = [...(reading.classes[i] ?? [])].filter((storage) => storage !== "null" && storage !== "");
    return carried !== undefined && found.every((storage) => carried.includes(storage)) ? [{ at: i, type }] : [];
  });
}

/** Each row as PostgreSQL would write its columns. */
function* sourceRows({ source, view, reading }: ComparedView, columns: readonly Comparable[]): Generator<string> {
  const items = columns.map(({ at }) => `c${at}`).join(", ");
  const rows = source
    .prepare<[], Value[]>(`${sourceView(view.source, reading.columns.length)} SELECT ${items} FROM v`)
    .raw()
    .iterate();
  for (const row of rows) yield JSON.stringify(row.map(written));
}

type Value = bigint | number | string | Buffer | null;

function written(value: Value): string | null {
  if (value === null) return null;
  return Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : String(value);
}

function firstMissing(
  compared: ComparedView,
  columns: readonly Comparable[],
  left: ReadonlyMap<string, number>,
): string | null {
  for (const row of sourceRows(compared, columns)) {
    if ((left.get(hash("sha256", row, "base64")) ?? 0) > 0) return row;
  }
  return null;
}

function shortened(row: string | null): string | null {
  return row === null ? null : shorten(row);
}
