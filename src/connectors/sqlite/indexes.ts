/** UNIQUE constraints (origin `u`) and indexes made by CREATE INDEX (origin `c`). Primary keys are the table's own. */
import type { Index, IndexPart, Unique } from "../../core/catalog.ts";
import { parseCreateIndex } from "../../sql/parse-create-index.ts";
import type { CreateTableFacts } from "../../sql/parse-create-table.ts";
import { quoteText, type Sqlite } from "./open.ts";

type ListRow = { readonly name: string; readonly unique: bigint; readonly origin: string; readonly partial: bigint };
type PartRow = {
  readonly cid: bigint;
  readonly name: string | null;
  readonly desc: bigint;
  readonly coll: string | null;
};

export function readUniques(db: Sqlite, table: string, facts: CreateTableFacts): Unique[] {
  return list(db, table, "u").map((index) => {
    const columns = parts(db, index.name).map((part) => part.name ?? "");
    const written = facts.uniques.find(
      (unique) => unique.columns.join("\0").toLowerCase() === columns.join("\0").toLowerCase(),
    );
    return { name: written?.name ?? null, columns };
  });
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
          collation: (part.coll ?? "BINARY").toUpperCase(),
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
      `SELECT name, "unique", origin, partial FROM pragma_index_list(${quoteText(table)}) WHERE origin = ? ORDER BY seq DESC`,
    )
    .all(origin) as ListRow[];
}

function parts(db: Sqlite, index: string): PartRow[] {
  return db
    .prepare(`SELECT cid, name, "desc", coll FROM pragma_index_xinfo(${quoteText(index)}) WHERE key = 1 ORDER BY seqno`)
    .all() as PartRow[];
}
