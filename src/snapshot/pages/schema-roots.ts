/** Where the tables and indexes of a file begin, read once: SQLite looks a name up by going through all of them. */
import type { Sqlite } from "../../sqlite/open.ts";

export type SchemaRoots = {
  /** By name; 0 for what has no pages. */
  readonly tables: ReadonlyMap<string, number>;
  readonly indexes: ReadonlyMap<string, number>;
  readonly withoutRowid: ReadonlySet<string>;
};

const known = new WeakMap<Sqlite, SchemaRoots>();

/** Of a file that nobody writes. */
export function schemaRoots(db: Sqlite): SchemaRoots {
  let roots = known.get(db);
  if (roots === undefined) {
    roots = read(db);
    known.set(db, roots);
  }
  return roots;
}

function read(db: Sqlite): SchemaRoots {
  const rootsOf = (type: string): Map<string, number> => {
    const rows = db.prepare("SELECT name, rootpage FROM sqlite_schema WHERE type = ?").raw(true).all(type);
    return new Map((rows as [string, bigint][]).map(([name, root]) => [name, Number(root)]));
  };
  const withoutRowid = db.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr").pluck().all();
  return { tables: rootsOf("table"), indexes: rootsOf("index"), withoutRowid: new Set(withoutRowid as string[]) };
}
