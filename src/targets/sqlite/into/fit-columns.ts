/** Values that a column of the application's would not keep as they are, with the keys of their rows. */
import { quoteName } from "../../../core/quote.ts";
import type { Catalog } from "../../../core/schema/catalog.ts";
import type { FileProblemFit, FileReading, FileRequest } from "../../../core/schema/file-schema.ts";
import type { LiveProblem } from "../../../core/schema/live-type.ts";
import { renderCell, shorten } from "../../../core/values/render-cell.ts";
import type { Cell } from "../../../core/values/wire.ts";
import { type FileRead, readForFile, shownValue } from "../../../live-types/file-value.ts";
import { cellAt } from "../../../snapshot/fit/cell-at.ts";
import { Tally } from "../../../snapshot/fit/column-census.ts";
import { Samples } from "../../../snapshot/profile/samples.ts";
import { fileSlot } from "../../../snapshot/rows/read-rows.ts";
import { selection } from "../../../sqlite/open.ts";
import type { Sqlite } from "../state/state.ts";

export function fitColumn(
  snapshot: Sqlite,
  encoding: Catalog["encoding"],
  { table, where }: FileRequest,
  column: FileRequest["columns"][number],
): FileProblemFit[] {
  const samples = new Samples(snapshot, table, where);
  const name = quoteName(column.source);
  const conditions = [`${name} IS NOT NULL`, suspect(name, column.reading)];
  if (where !== null) conditions.unshift(selection(where));
  const rows = snapshot
    .prepare(
      `SELECT ${fileSlot(name, column.reading, encoding)}, ${samples.keySql} FROM ${quoteName(table.relation ?? table.name)} WHERE ${conditions.join(" AND ")}`,
    )
    .raw(true)
    .safeIntegers(true)
    .iterate() as IterableIterator<unknown[]>;
  const found = new Map<LiveProblem, Tally>();
  let texts = 0;
  for (const row of rows) {
    const cell = cellAt(row[0], encoding);
    if (cell.bytes[0] === 0x22) texts++;
    const read = readForFile(column.reading, cell);
    if (read.ok) continue;
    const tally = found.get(read.problem) ?? new Tally();
    found.set(read.problem, tally);
    tally.add(() => ({
      key: samples.keyOf(row.slice(1)),
      value: shown(cell, column.reading, read),
    }));
  }
  // Without quoted texts among them, nested JSON cannot be confused with anything.
  if (texts === 0) found.delete("json");
  return [...found].map(([problem, { found: all }]) => ({ problem, found: all }));
}

/** As it is written in JSON, or by class; and what the column would make of it. */
function shown(cell: Cell, { as }: FileReading, { problem, becomes }: FileRead & { readonly ok: false }): string {
  const value = as === "json" ? `JSON ${cell.bytes.toString("utf8")}` : renderCell(cell.storage, cell.bytes);
  const tells = becomes !== null && (problem === "respelled" || problem === "digits");
  return `${shorten(value)}${tells ? ` → ${shorten(shownValue(becomes))}` : ""}`;
}

/** Only these can be changed, or refused: the rest need not be read. */
function suspect(c: string, { affinity, only, as }: FileReading): string {
  if (as !== "stored") return "1";
  const refused = only === null ? "0" : `typeof(${c}) NOT IN (${only.map((one) => `'${one}'`).join(", ")})`;
  const digits = `(typeof(${c}) = 'text' AND ${c} GLOB '*[0-9]*')`;
  switch (affinity) {
    case "TEXT":
      return `(${refused} OR typeof(${c}) IN ('integer', 'real'))`;
    case "INTEGER":
    case "NUMERIC":
      return `(${refused} OR typeof(${c}) = 'real' OR ${digits})`;
    case "REAL":
      return `(${refused} OR typeof(${c}) = 'integer' OR ${c} = 0 OR ${digits})`;
    case "BLOB":
      return refused;
  }
}
