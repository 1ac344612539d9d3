/**
 * Which rows of a table differ, once its sums did: the replay's rows are matched with the file's by digest, as
 * multisets, on disk. What is left on each side is paired by key, so that a finding can name the column.
 */
import Database from "better-sqlite3";
import type { Shape, Value } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { type KeyValue, keyText } from "../../core/values/key-text.ts";
import { renderCell, shorten } from "../../core/values/render-cell.ts";
import type { Described } from "../findings.ts";
import { openSource } from "../source-reader.ts";
import type { Output } from "./outputs.ts";
import { readTable } from "./read-table.ts";
import { rowDigest } from "./row-digest.ts";

export type DifferingRows = {
  /** A row of the replay; true when the file has it. */
  take(digest: Buffer, row: readonly Value[], shape: Shape): boolean;
  /** Differences, at most `limit` of them described. */
  end(limit: number): { readonly count: number; readonly described: Described[] };
  close(): void;
};

type Kept = { readonly key: string; readonly cells: ReadonlyMap<string, string> };

const keptRows = 1000;

export function differingRows(reshaped: string, output: Output, encoding: Catalog["encoding"]): DifferingRows {
  const scratch = new Database("");
  scratch.pragma("journal_mode = OFF");
  scratch.exec("CREATE TABLE rows (digest BLOB PRIMARY KEY, n INTEGER) WITHOUT ROWID; BEGIN");
  const add = scratch.prepare("INSERT INTO rows VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1");
  const sub = scratch.prepare("UPDATE rows SET n = n - 1 WHERE digest = ? AND n > 0");
  const places = output.columns.map((_, i) => i);
  for (const { digest } of fileRows(reshaped, output, places, encoding)) add.run(digest);
  const expected: Kept[] = [];
  let unmatched = 0;
  return {
    take(digest, row, shape) {
      if (sub.run(digest).changes === 1) return true;
      unmatched += 1;
      if (expected.length < keptRows) {
        const at = output.columns.map((column) => shape.columns.findIndex(({ name }) => sameName(name, column)));
        expected.push(
          kept(
            output,
            at.map((place) => (place < 0 ? null : (row[place] ?? null))),
            null,
          ),
        );
      }
      return false;
    },
    end(limit) {
      const left = scratch.prepare("SELECT n FROM rows WHERE digest = ? AND n > 0").pluck();
      const surplus = Number(scratch.prepare("SELECT coalesce(sum(n), 0) FROM rows").pluck().get());
      const actual: Kept[] = [];
      for (const { digest, values, rowid } of fileRows(reshaped, output, places, encoding)) {
        if (actual.length >= Math.min(keptRows, surplus)) break;
        if (left.get(digest) === undefined) continue;
        sub.run(digest);
        actual.push(kept(output, values, rowid));
      }
      const described = describe(output, expected, actual);
      return { count: Math.max(unmatched, surplus), described: described.slice(0, limit) };
    },
    close: () => scratch.close(),
  };
}

function* fileRows(reshaped: string, output: Output, places: readonly number[], encoding: Catalog["encoding"]) {
  const db = openSource(reshaped);
  try {
    for (const piece of readTable(db, output.table, output.columns, [], false, encoding))
      for (const row of piece) yield { ...row, digest: rowDigest(row.values, places, encoding) };
  } finally {
    db.close();
  }
}

function kept({ table, columns }: Output, values: readonly Value[], rowid: bigint | null): Kept {
  const key = table.primaryKey ?? [];
  const own = key.map((name) => columns.findIndex((column) => sameName(column, name)));
  const known = own.length > 0 && own.every((place) => place >= 0);
  const text = known
    ? keyText(
        key,
        own.map((place) => keyValue(values[place] ?? null)),
      )
    : rowid === null
      ? ""
      : keyText(["rowid"], [rowid]);
  return { key: text, cells: new Map(columns.map((column, i) => [column, rendered(values[i] ?? null)])) };
}

function describe({ table }: Output, expected: readonly Kept[], actual: readonly Kept[]): Described[] {
  const waiting = [...actual];
  const found: Described[] = [];
  for (const row of expected) {
    const place = row.key === "" ? -1 : waiting.findIndex(({ key }) => key === row.key);
    const [other] = place < 0 ? [] : waiting.splice(place, 1);
    if (other === undefined)
      found.push({ table: table.name, key: row.key || null, message: "the replay has a row that the file has not" });
    for (const [column, cell] of row.cells) {
      const there = other?.cells.get(column);
      if (there === undefined || there === cell) continue;
      const values = { source: shorten(cell), target: shorten(there) };
      found.push({ table: table.name, key: row.key, column, ...values, message: "the replay makes another value" });
    }
  }
  for (const row of waiting)
    found.push({ table: table.name, key: row.key || null, message: "the file has a row that the replay has not" });
  return found;
}

function keyValue(value: Value): KeyValue {
  return value !== null && typeof value === "object" && "rawText" in value ? value.rawText : value;
}

function rendered(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "bigint") return `integer ${value}`;
  if (typeof value === "number") return `real ${Object.is(value, -0) ? "-0" : value}`;
  if (typeof value === "string") return renderCell("text", Buffer.from(value));
  if (value instanceof Uint8Array) return renderCell("blob", Buffer.from(value));
  return `text x'${Buffer.from(value.rawText).toString("hex")}'`;
}
