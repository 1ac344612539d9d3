/**
 * What stands in a store, by code of its own: nothing of rowhaul's is used. Each table becomes a digest of its rows in
 * one canonical form, so that a SQLite file, a PostgreSQL schema and an export can be held against the rows as made.
 */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { fullText, tables } from "./rows.mjs";

const shapes = { ...tables, notes: fullText };

/** By table a digest and a count; `null` for a table that is not there. */
export function digestOf(rows) {
  return Object.fromEntries(Object.entries(rows).map(([name, list]) => [name, tableDigest(name, list)]));
}

function tableDigest(name, rows) {
  if (rows === null) return null;
  const columns = Object.entries(shapes[name].columns);
  const lines = rows.map((row) => JSON.stringify(columns.map(([column, kind]) => canonical(kind, row[column])))).sort();
  const hash = createHash("sha256");
  for (const line of lines) hash.update(`${line}\n`);
  return `${rows.length} rows ${hash.digest("hex").slice(0, 12)}`;
}

/** One spelling of each value, whichever store it comes from. */
function canonical(kind, value) {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case "int":
      return String(BigInt(value));
    case "real": {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(Number(value));
      return bytes.toString("hex");
    }
    case "bool":
      return ["1", "t", "true"].includes(String(value))
        ? 1
        : ["0", "f", "false"].includes(String(value))
          ? 0
          : String(value);
    case "stamp":
      return String(value).replace("T", " ").replace(/\.0+$/, "");
    case "json":
      return jsonValue(value);
    case "bytes":
      return Buffer.isBuffer(value) ? value.toString("hex") : String(value).replace(/^\\x/, "");
    default:
      return String(value);
  }
}

/** A text that is no JSON any more, as after a flipped bit, is a text. */
function jsonValue(value) {
  if (typeof value !== "string") return sorted(value);
  try {
    return sorted(JSON.parse(value));
  } catch {
    return value;
  }
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** Of the tables themselves: an index may hold something else. Throws what SQLite says of a file that is damaged. */
export function readSqlite(path, names) {
  const result = {};
  if (!existsSync(path)) return Object.fromEntries(names.map((name) => [name, null]));
  const db = new Database(path, { readonly: true });
  try {
    db.defaultSafeIntegers(true);
    for (const name of names) {
      const there = db.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name);
      const columns = Object.keys(shapes[name].columns);
      const list = columns.map((column) => `${column}, CAST(${column} AS BLOB) AS "${column} bytes"`).join(", ");
      const rows = there === undefined ? null : db.prepare(`SELECT ${list} FROM ${name} NOT INDEXED`).all();
      result[name] = rows === null ? null : rows.map((row) => ({ ...row, ...brokenTexts(row, columns) }));
    }
  } finally {
    db.close();
  }
  return digestOf(result);
}

/** better-sqlite3 puts U+FFFD for what is no UTF-8. */
function brokenTexts(row, columns) {
  const broken = columns.filter(
    (column) => typeof row[column] === "string" && row[column].includes("\uFFFD") && !isUtf8(row[`${column} bytes`]),
  );
  return Object.fromEntries(broken.map((column) => [column, brokenText(row[`${column} bytes`].toString("hex"))]));
}

function brokenText(hex) {
  return `no UTF-8: ${hex}`;
}

export async function readPostgres(client, names, schema = "public") {
  const result = {};
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  for (const name of names) {
    const { rows: found } = await client.query("SELECT to_regclass($1) AS found", [`${schema}.${name}`]);
    if (found[0].found === null) {
      result[name] = null;
      continue;
    }
    const columns = Object.entries(shapes[name].columns).map(([column, kind]) =>
      kind === "bytes" ? `encode(${column}, 'hex') AS ${column}` : `${column}::text AS ${column}`,
    );
    result[name] = (await client.query(`SELECT ${columns.join(", ")} FROM ${schema}.${name}`)).rows;
  }
  await client.query("COMMIT");
  return digestOf(result);
}

/** Null without a manifest; throws for files that are not what the manifest says. */
export function readExport(folder, names) {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) return Object.fromEntries(names.map((name) => [name, null]));
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  const result = {};
  for (const name of names) {
    const table = manifest.tables.find((one) => one.table === name);
    if (table === undefined) {
      result[name] = null;
      continue;
    }
    const bytes = readFileSync(join(folder, table.file));
    const text = table.file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    const sum = createHash("sha256").update(text).digest("hex");
    if (sum !== table.sha256) throw new Error(`${table.file} has another SHA-256 than its manifest says`);
    const lines = text.toString("utf8").split("\n").slice(0, -1);
    if (lines.length !== table.rows) throw new Error(`${table.file} has ${lines.length} rows, not ${table.rows}`);
    // a full-text table's rowids are no column of its rows; as made, they count from 1
    result[name] = lines.map((line, index) => ({ rowid: index + 1, ...exportRow(JSON.parse(line)) }));
  }
  return digestOf(result);
}

function exportRow(row) {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, exportCell(value)]));
}

function exportCell(value) {
  if (typeof value?.$bytes === "string") return Buffer.from(value.$bytes, "base64");
  return typeof value?.$text === "string" ? brokenText(value.$text) : value;
}
