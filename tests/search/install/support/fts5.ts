/** Real FTS5, asked for its tokens. */
import Database from "better-sqlite3";

export type Instance = {
  readonly rowid: number;
  readonly col: number;
  readonly offset: number;
  readonly token: string;
};

/** Of an index `t` in `database` with these columns, sorted. */
export function instances(database: Database.Database, columns: readonly string[]): Instance[] {
  database.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.v USING fts5vocab(main, 't', 'instance')");
  const rows = database
    .prepare<[], { term: string; doc: number; col: string; offset: number }>("SELECT * FROM temp.v")
    .all();
  return sorted(
    rows.map((row) => ({ rowid: row.doc, col: columns.indexOf(row.col), offset: row.offset, token: row.term })),
  );
}

/** The tokens of single documents of one column. */
export function tokensOf(tokenize: string, documents: readonly string[]): string[][] {
  const database = new Database(":memory:");
  database.exec(`CREATE VIRTUAL TABLE t USING fts5(a, tokenize=${quoted(tokenize)})`);
  const insert = database.prepare("INSERT INTO t (rowid, a) VALUES (?, ?)");
  documents.forEach((text, i) => {
    insert.run(i, text);
  });
  const found = documents.map((): string[] => []);
  for (const { rowid, offset, token } of instances(database, ["a"])) (found[rowid] ?? [])[offset] = token;
  database.close();
  return found;
}

export function sorted(found: readonly Instance[]): Instance[] {
  return [...found].sort((a, b) => a.rowid - b.rowid || a.col - b.col || a.offset - b.offset);
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
