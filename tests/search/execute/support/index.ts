/** One full-text index on both sides: FTS5's own in SQLite, and its rows in PostgreSQL, laid out from FTS5's instances. */
import type Database from "better-sqlite3";
import type pg from "pg";

export type IndexSpec = {
  readonly name: string;
  /** As in CREATE VIRTUAL TABLE: `a`, `b UNINDEXED`. */
  readonly columns: readonly { readonly name: string; readonly indexed: boolean }[];
  readonly detail?: "full" | "column" | "none";
  readonly rows: readonly (readonly string[])[];
};

export async function createIndex(sqlite: Database.Database, pool: pg.Pool, spec: IndexSpec): Promise<void> {
  const { name, columns, rows, detail = "full" } = spec;
  const declared = columns.map((c) => (c.indexed ? c.name : `${c.name} UNINDEXED`)).join(", ");
  // positions come from a table with all details, whatever the one under test keeps
  sqlite.exec(`CREATE VIRTUAL TABLE ${name} USING fts5(${declared}, tokenize=ascii, detail=${detail});
    CREATE VIRTUAL TABLE ${name}_full USING fts5(${declared}, tokenize=ascii);
    CREATE VIRTUAL TABLE ${name}_tokens USING fts5vocab(${name}_full, instance);`);
  for (const table of [name, `${name}_full`]) {
    const insert = sqlite.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => "?").join(",")})`);
    sqlite.transaction(() => {
      for (const row of rows) insert.run(...row);
    })();
  }
  await pool.query(
    `CREATE TABLE ${name} (rowid bigint PRIMARY KEY, tsv tsvector, len integer NOT NULL, big boolean NOT NULL)`,
  );
  const documents = documentsOf(sqlite, name, columns, rows.length);
  await pool.query(
    `INSERT INTO ${name} SELECT (d->>'rowid')::bigint, CASE WHEN (d->'big')::boolean
        THEN array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(d->'lexemes'))) ELSE (d->>'vector')::tsvector END,
        (d->'len')::int, (d->'big')::boolean FROM jsonb_array_elements($1) d`,
    [JSON.stringify(documents)],
  );
  await pool.query(
    `INSERT INTO fts5.positions SELECT $1::regclass, (d->>'rowid')::bigint, p->>0, (p->1)::int, ARRAY(SELECT jsonb_array_elements(p->2)::int)
        FROM jsonb_array_elements($2) d, jsonb_array_elements(d->'positions') p WHERE (d->'big')::boolean`,
    [name, JSON.stringify(documents)],
  );
  await pool.query(`CREATE INDEX ON ${name} USING gin (tsv); ANALYZE ${name}`);
  await pool.query(`INSERT INTO fts5.statistics SELECT $1::regclass, count(*), sum(len) FROM ${name}`, [name]);
  await pool.query(
    "INSERT INTO fts5.indexes (relation, tokenize, key, columns, indexed, detail, content_columns) VALUES ($1, 'ascii', 'ascii', $2, $3, $4, $2)",
    [name, columns.map((c) => c.name), columns.map((c) => c.indexed), detail],
  );
}

type Instance = { doc: number; col: string; offset: number; term: string };

type Document = {
  rowid: number;
  len: number;
  big: boolean;
  /** The tsvector as text, empty for a big row. */
  vector: string;
  lexemes: string[];
  positions: [lexeme: string, col: number, pos: number[]][];
};

function documentsOf(sqlite: Database.Database, name: string, columns: IndexSpec["columns"], rows: number): Document[] {
  const found = sqlite.prepare(`SELECT doc, col, offset, term FROM ${name}_tokens`).all() as Instance[];
  const byRow = group(found);
  return Array.from({ length: rows }, (_, n) => layOut(n + 1, byRow.get(n + 1) ?? [], columns));
}

function group(instances: Instance[]): Map<number, Instance[]> {
  const groups = new Map<number, Instance[]>();
  for (const i of instances) {
    const row = groups.get(i.doc);
    if (row) row.push(i);
    else groups.set(i.doc, [i]);
  }
  return groups;
}

/** The layout of the contract: a marker before each column, a gap after it, labels up to four columns, else lexemes. */
function layOut(rowid: number, instances: Instance[], columns: IndexSpec["columns"]): Document {
  const indexed = columns.filter((c) => c.indexed);
  const places = new Map<string, string[]>();
  const stored = new Map<string, [string, number, number[]]>();
  const put = (lexeme: string, place: string) => {
    const list = places.get(lexeme);
    if (list) list.push(place);
    else places.set(lexeme, [place]);
  };
  let base = 1;
  let last = 0;
  for (const [i, { name }] of indexed.entries()) {
    const tokens = instances.filter((t) => t.col === name).sort((a, b) => a.offset - b.offset);
    if (tokens.length === 0) continue;
    const label = indexed.length <= 4 ? "ABCD".charAt(i) : "";
    for (const [j, lexeme] of ["\x02^", ...tokens.map((t) => t.term)].entries()) {
      put(lexeme, `${base + j}${label}`);
      if (label === "") put(`\x02${i}\x02${lexeme}`, `${base + j}`);
      last = base + j;
    }
    for (const t of tokens) {
      const col = columns.findIndex((c) => c.name === name);
      const entry = stored.get(`${col} ${t.term}`) ?? [t.term, col, []];
      entry[2].push(t.offset);
      stored.set(`${col} ${t.term}`, entry);
    }
    base += tokens.length + 128;
  }
  const big = last > 16382 || [...places.values()].some((p) => p.length >= 255);
  return {
    rowid,
    len: instances.length,
    big,
    vector: big ? "" : [...places].map(([lexeme, p]) => `'${lexeme}':${p.join(",")}`).join(" "),
    lexemes: [...places.keys()],
    positions: big ? [...stored.values()] : [],
  };
}
