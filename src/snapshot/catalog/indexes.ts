/** UNIQUE constraints (origin `u`) and indexes made by CREATE INDEX (origin `c`). Primary keys are the table's own. */

import { quoteLiteral } from "../../core/quote.ts";
import type { Index, IndexPart, Unique } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { parseCreateIndex } from "../../sql/parse/parse-create-index.ts";
import type { CreateTableFacts } from "../../sql/parse/parse-create-table.ts";
import type { Sqlite } from "../../sqlite/open.ts";

type ListRow = { readonly name: string; readonly unique: bigint; readonly origin: string; readonly partial: bigint };
type PartRow = {
  readonly cid: bigint;
  readonly name: string | null;
  readonly desc: bigint;
  readonly coll: string | null;
};

export function readUniques(db: Sqlite, table: string, facts: CreateTableFacts): Unique[] {
  return list(db, table, "u").map((index) => {
    const found = parts(db, index.name);
    const columns = found.map((part) => part.name ?? "");
    const written = facts.uniques.find((unique) => sameName(unique.columns.join("\0"), columns.join("\0")));
    return { name: written?.name ?? null, columns, collations: found.map(collationOf) };
  });
}

/** Null where the key has no index of its own: then it is the rowid, or the table itself (WITHOUT ROWID, whose index is listed too). */
export function readKeyCollations(db: Sqlite, table: string): string[] | null {
  const [index] = list(db, table, "pk");
  return index === undefined ? null : parts(db, index.name).map(collationOf);
}

export function readIndexes(db: Sqlite, table: string): Index[] {
  return list(db, table, "c").map((index) => {
    const sql =
      (db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?").pluck().get(index.name) as
        | string
        | null) ?? "";
    const written = parseCreateIndex(sql);
    return {
      name: index.name,
      unique: index.unique === 1n,
      parts: parts(db, index.name).map(
        (part, i): IndexPart => ({
          column: part.cid >= 0n ? part.name : null,
          expression: part.cid >= 0n ? null : (written.parts[i]?.text ?? ""),
          descending: part.desc === 1n,
          collation: collationOf(part),
        }),
      ),
      where: written.where,
      sql,
    };
  });
}

/** SQLite lists the newest first. */
function list(db: Sqlite, table: string, origin: string): ListRow[] {
  return db
    .prepare(
      `SELECT name, "unique", origin, partial FROM pragma_index_list(${quoteLiteral(table)}) WHERE origin = ? ORDER BY seq DESC`,
    )
    .all(origin) as ListRow[];
}

function parts(db: Sqlite, index: string): PartRow[] {
  return db
    .prepare(
      `SELECT cid, name, "desc", coll FROM pragma_index_xinfo(${quoteLiteral(index)}) WHERE key = 1 ORDER BY seqno`,
    )
    .all() as PartRow[];
}

function collationOf(part: PartRow): string {
  return (part.coll ?? "BINARY").toUpperCase();
}
