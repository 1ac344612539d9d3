/**
 * Digests of a table's rows, computed twice by ways that share nothing but this description: by PostgreSQL over its
 * own values, and over the snapshot's cells. A cell's text says class, length and content; a row's is that of its
 * cells; a table's digest is the sum of its rows', which needs no order. sha256 of what is long.
 */

import { hash } from "node:crypto";
import type Database from "better-sqlite3";
import { quoteName } from "../../core/quote.ts";
import type { ReadTable } from "./catalog.ts";
import { castOf, type Form } from "./columns.ts";
import { type Conditions, fromTable } from "./row-source.ts";
import type { Session } from "./session.ts";

export type Digest = { readonly rows: bigint; readonly sums: readonly [bigint, bigint] };

const longCell = 2048;

export async function sourceDigest(
  session: Session,
  schema: string,
  read: ReadTable,
  conditions: Conditions,
): Promise<Digest> {
  const cells = read.table.columns.map((column, i) => {
    const form = read.forms[i]?.form ?? "text";
    return `coalesce(${sourceCell(form, castOf(form, quoteName(column.name)))}, 'n')`;
  });
  const half = (from: number): string =>
    `coalesce(sum(('x'||encode(substring(h, ${from}, 8), 'hex'))::bit(64)::int8), 0)::text`;
  const sql = `SELECT count(*)::text AS rows, ${half(1)} AS first, ${half(9)} AS second FROM (SELECT sha256(convert_to(${joined(cells)}, 'UTF8')) AS h ${fromTable(schema, read, conditions)}) d`;
  const [row] = (await session.query<{ rows: string; first: string; second: string }>(sql)).rows;
  return { rows: BigInt(row?.rows ?? 0), sums: [BigInt(row?.first ?? 0), BigInt(row?.second ?? 0)] };
}

function sourceCell(form: Form, value: string): string {
  switch (form) {
    case "integer":
      return `'i'||${value}||';'`;
    case "boolean":
      return `'i'||${value}::int4||';'`;
    case "bytes":
      return `CASE WHEN octet_length(${value}) <= ${longCell} THEN 'b'||octet_length(${value})||':'||encode(${value}, 'hex') ELSE 'B'||octet_length(${value})||':'||encode(sha256(${value}), 'hex') END`;
    case "text":
    case "written": {
      const bytes = `convert_to(${value}, 'UTF8')`;
      return `CASE WHEN octet_length(${bytes}) <= ${longCell} THEN 't'||octet_length(${bytes})||':'||${value} ELSE 'T'||octet_length(${bytes})||':'||encode(sha256(${bytes}), 'hex') END`;
    }
  }
}

/** `db` holds the snapshot. */
export function snapshotDigest(db: Database.Database, read: ReadTable, signal: AbortSignal): Digest {
  db.function("rowhaul_sha256", { deterministic: true }, (bytes) => hash("sha256", bytes as Buffer, "hex"));
  const cells = read.table.columns.map((column) => snapshotCell(quoteName(column.name)));
  const statement = db.prepare(`SELECT CAST(${joined(cells)} AS BLOB) FROM main.${quoteName(read.table.name)}`).pluck();
  let rows = 0n;
  let first = 0n;
  let second = 0n;
  for (const text of statement.iterate()) {
    const digest = hash("sha256", text as Buffer, "buffer");
    first += digest.readBigInt64BE(0);
    second += digest.readBigInt64BE(8);
    rows++;
    if (rows % 4096n === 0n) signal.throwIfAborted();
  }
  return { rows, sums: [first, second] };
}

/** By class alone: what the cell should have been, it does not know. */
function snapshotCell(c: string): string {
  const long = (mark: string): string => `'${mark}'||octet_length(${c})||':'||rowhaul_sha256(CAST(${c} AS BLOB))`;
  return `CASE typeof(${c}) WHEN 'null' THEN 'n' WHEN 'integer' THEN 'i'||${c}||';' WHEN 'text' THEN CASE WHEN octet_length(${c}) <= ${longCell} THEN 't'||octet_length(${c})||':'||${c} ELSE ${long("T")} END WHEN 'blob' THEN CASE WHEN octet_length(${c}) <= ${longCell} THEN 'b'||octet_length(${c})||':'||lower(hex(${c})) ELSE ${long("B")} END ELSE 'x' END`;
}

/** As a balanced tree: SQLite bounds an expression's depth. */
function joined(texts: readonly string[]): string {
  if (texts.length <= 1) return texts[0] ?? "''";
  const half = Math.ceil(texts.length / 2);
  return `(${joined(texts.slice(0, half))}||${joined(texts.slice(half))})`;
}
