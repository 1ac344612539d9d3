/**
 * Rows of the snapshot as positional arrays, one slot a column, in the form the
 * target's encoder expects (core/values/wire.ts). The SELECT is shaped by the plan's
 * decisions, so that no value passes through a JavaScript type that cannot hold it.
 */

import type { ColumnPlan, TablePlan } from "../../core/plan/plan.ts";
import { isRuled } from "../../core/plan/ruled.ts";
import type { UnitPart } from "../../core/plan/unit.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import type { FileReading } from "../../core/schema/file-schema.ts";
import type { Encoding } from "../../core/values/encoding.ts";
import type { Row } from "../../core/values/wire.ts";
import { type Sqlite, selected, selection } from "../../sqlite/open.ts";
import { attachCopy } from "./copied-vectors.ts";

type TextEncoding = Catalog["encoding"];

/**
 * Yields batches in rowid order (key order for WITHOUT ROWID tables). The slots: the sent columns, then the key where
 * a column has rules, or vector, length and size mark where they were copied. `copied`: the file with the vectors.
 */
export function* readRows(
  db: Sqlite,
  table: TablePlan,
  part: UnitPart,
  batchRows: number,
  encoding: TextEncoding,
  copied: string | null = null,
): Generator<Row[]> {
  const statement = db
    .prepare(selectSql(table, part, encoding, vectorTable(db, table, copied)))
    .raw(true)
    .safeIntegers(false);
  const bounds = [part.from, part.to].filter((bound) => bound !== null).map(BigInt);
  const untag = encoding === "UTF-8" ? [] : taggedSlots(table);
  const heavy = heavySlots(table);
  if (table.fullText?.build === "copy") heavy.push(table.columns.filter((column) => !column.computed).length);
  let batch: Row[] = [];
  let weight = 0;
  for (const row of statement.iterate(...bounds) as IterableIterator<Row>) {
    for (const i of untag) {
      const cell = row[i];
      if (typeof cell === "string") row[i] = Buffer.from(cell, "latin1");
    }
    for (const i of heavy) weight += (row[i] as { length?: number } | null)?.length ?? 0;
    batch.push(row);
    if (batch.length === batchRows || weight > batchBytes) {
      yield batch;
      batch = [];
      weight = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

function vectorTable(db: Sqlite, table: TablePlan, copied: string | null): string | null {
  if (table.fullText?.build !== "copy") return null;
  if (copied === null) throw new Error(`No copy of the full-text index of ${table.source}`);
  return `doc_${attachCopy(db, table, copied)}`;
}

/** Few large rows make a batch as well as many small ones, so that memory stays flat. */
const batchBytes = 1 << 20;

/** Slots of texts and bytes, whose length decides about memory. */
function heavySlots(table: TablePlan): number[] {
  const light = ["integer", "real", "boolean", "date", "timestamp", "timestamptz", "epoch"];
  return table.columns
    .filter((column) => !column.computed)
    .flatMap((column, i) => (light.includes(column.encoding.kind) && column.rules.length === 0 ? [] : [i]));
}

/** Slots that hold a TaggedCell. In a UTF-16 database they come as text, for there a cast to BLOB would double each byte. */
function taggedSlots(table: TablePlan): number[] {
  return table.columns.filter((column) => !column.computed).flatMap((column, i) => (isTagged(column) ? [i] : []));
}

function selectSql(table: TablePlan, part: UnitPart, encoding: TextEncoding, vectors: string | null): string {
  const sent = table.columns.filter((column) => !column.computed);
  const slots = sent.map((column) => slot(column, table.source, encoding));
  if (sent.some(isRuled)) slots.push(...keySlots(table));
  const conditions: string[] = [];
  if (table.where !== null) conditions.push(selection(table.where));
  if (part.from !== null) conditions.push(`${table.rowidName} >= ?`);
  if (part.to !== null) conditions.push(`${table.rowidName} < ?`);
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : "";
  const order = table.rowidName !== null ? ` ORDER BY ${table.rowidName}` : "";
  const relation = quoteName(table.relation ?? table.source);
  if (vectors === null)
    return `SELECT ${slots.length > 0 ? slots.join(", ") : "NULL"} FROM ${relation} NOT INDEXED${where}${order}`;
  // Vectors come last, where the copy of the full-text index has them by rowid.
  const copy = `(SELECT id AS "rowhaul id", vector AS "rowhaul vector", len AS "rowhaul len", big AS "rowhaul big" FROM copied.${quoteName(vectors)})`;
  const added = `"rowhaul vector", coalesce("rowhaul len", 0), coalesce("rowhaul big", 0)`;
  return `SELECT ${[...slots, added].join(", ")} FROM ${relation} LEFT JOIN ${copy} ON "rowhaul id" = ${relation}.${table.rowidName}${where}${order.replace("BY ", `BY ${relation}.`)}`;
}

/** Key columns, their class marked, for the ledger: `5n` an integer, `stext` a text. */
function keySlots(table: TablePlan): string[] {
  const columns =
    table.key.kind === "none" ? (table.rowidName === null ? [] : [table.rowidName]) : table.key.columns.map(quoteName);
  return columns.map(
    (column) =>
      `CASE typeof(${column}) WHEN 'integer' THEN ${column} || 'n' WHEN 'text' THEN 's' || ${column} ELSE ${column} END`,
  );
}

function isTagged({ rules, encoding: { kind } }: ColumnPlan): boolean {
  return rules.length > 0 || kind === "tagged" || kind === "live";
}

function slot(column: ColumnPlan, table: string, encoding: TextEncoding): string {
  const name = quoteName(column.source);
  if (column.rules.length === 0) return plainSlot(name, column.encoding, encoding);
  const cell = withRealText(column.encoding) ? liveSlot(name, encoding) : tagged(name, encoding);
  const orphans = column.rules.map((rule) => rule.when).filter((when) => when.kind === "orphan");
  if (orphans.length === 0) return cell;
  const own = quoteName(table);
  const cases = orphans.map((orphan, position) => {
    const theirs = orphan.columns.map((child, i) => orphan.parentColumns[i] ?? child);
    const match = orphan.columns.map(
      (child, i) => `"rowhaul parent".${quoteName(theirs[i] ?? child)} = ${own}.${quoteName(child)}`,
    );
    const given = orphan.columns.map((child) => `${own}.${quoteName(child)} IS NOT NULL`);
    const parent = selected(orphan.parent, orphan.parentWhere, theirs);
    return `WHEN ${given.join(" AND ")} AND NOT EXISTS (SELECT 1 FROM ${parent} AS "rowhaul parent" WHERE ${match.join(" AND ")}) THEN ${bytes(`'o${position}' || ${cell}`, encoding)}`;
  });
  return `CASE ${cases.join(" ")} ELSE ${cell} END`;
}

/** A cell on its way into a column of a SQLite file. */
export function fileSlot(name: string, reading: FileReading, encoding: TextEncoding): string {
  return plainSlot(name, { kind: "tagged", file: reading }, encoding);
}

/** Where a REAL becomes a text, SQLite itself converts it. */
function withRealText(encoding: Encoding): boolean {
  return encoding.kind === "live" || (encoding.kind === "tagged" && encoding.file?.affinity === "TEXT");
}

/** In bytes. */
const largeText = 1 << 20;

function plainSlot(name: string, encoding: Encoding, text: TextEncoding): string {
  switch (encoding.kind) {
    case "integer":
      // Beyond ±2^53 as digits; a BigInt a cell would cost more.
      return encoding.wide ? `CAST(${name} AS TEXT)` : name;
    case "numeric":
    case "rendered":
    case "epoch":
      return `CASE typeof(${name}) WHEN 'integer' THEN CAST(${name} AS TEXT) ELSE ${name} END`;
    case "text":
      return encoding.large && text === "UTF-8"
        ? `CASE WHEN octet_length(${name}) > ${largeText} THEN CAST(${name} AS BLOB) ELSE ${name} END`
        : name;
    case "text-bytes":
      return text === "UTF-8" ? `CAST(${name} AS BLOB)` : name;
    case "tagged":
      return withRealText(encoding) ? liveSlot(name, text) : tagged(name, text);
    case "live":
      return liveSlot(name, text);
    default:
      return name;
  }
}

/** A REAL is there as SQLite casts it to text as well, but for zeros and infinities, whose sign or size that would lose. */
export function liveSlot(name: string, encoding: TextEncoding): string {
  const real = `CASE WHEN ${name} = 0.0 OR abs(${name}) = 9e999 THEN ${name} ELSE ${bytes(`'r' || CAST(${name} AS TEXT)`, encoding)} END`;
  return `CASE typeof(${name}) WHEN 'real' THEN ${real} ELSE ${tagged(name, encoding)} END`;
}

/** See `TaggedCell` in core/values/wire.ts: the first byte names the storage class, the rest is the value. */
function tagged(name: string, encoding: TextEncoding): string {
  const text =
    encoding === "UTF-8" ? `'t' || ${name}` : `'${encoding === "UTF-16le" ? "l" : "m"}' || hex(CAST(${name} AS BLOB))`;
  return `CASE typeof(${name}) WHEN 'null' THEN NULL WHEN 'text' THEN ${bytes(text, encoding)} WHEN 'blob' THEN ${bytes(`'b' || hex(${name})`, encoding)} WHEN 'integer' THEN ${bytes(`'i' || ${name}`, encoding)} ELSE ${name} END`;
}

function bytes(text: string, encoding: TextEncoding): string {
  return encoding === "UTF-8" ? `CAST(${text} AS BLOB)` : text;
}
