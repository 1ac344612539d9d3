/** highlight() and snippet() of full-text tables: where the texts come from, and the edges FTS5 has. */
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { installSearch } from "./support/both.ts";

describe("highlight and snippet of tables", () => {
  const database = useDatabase();
  const sqlite = new Database(":memory:");

  beforeAll(async () => {
    await installSearch(database.pool);
    sqlite.exec(`
      CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, body TEXT, price REAL);
      INSERT INTO notes VALUES (1, 'Sailing ships', ${quoted(body)}, 12.0), (2, 'No text', NULL, 1e20);
      CREATE VIRTUAL TABLE own USING fts5(title, tag UNINDEXED, body, tokenize=porter);
      INSERT INTO own (rowid, title, tag, body) SELECT id, title, 'sail', body FROM notes;
      CREATE VIRTUAL TABLE outside USING fts5(title, body, price, content=notes, content_rowid=id);
      INSERT INTO outside (outside) VALUES ('rebuild');
      CREATE VIRTUAL TABLE bare USING fts5(title, body, content='');
      INSERT INTO bare (rowid, title, body) SELECT id, title, body FROM notes;`);
    await database.pool.query(`
      CREATE TABLE notes (id bigint PRIMARY KEY, "the title" text, body text, price double precision);
      INSERT INTO notes VALUES (1, 'Sailing ships', ${quoted(body)}, 12), (2, 'No text', NULL, 1e20);
      CREATE TABLE own AS SELECT id AS rowid, "the title" AS title, 'sail'::text AS tag, body FROM notes;
      CREATE TABLE outside AS SELECT id AS rowid FROM notes;
      CREATE TABLE bare AS SELECT id AS rowid FROM notes;
      INSERT INTO fts5.indexes (relation, tokenize, key, columns, indexed, content, content_key, content_columns) VALUES
        ('own', 'porter', 'porter_unicode61_1', '{title,tag,body}', '{t,f,t}', NULL, NULL, '{title,tag,body}'),
        ('outside', '', 'unicode61_1', '{title,body,price}', '{t,t,t}', 'notes', 'id', '{the title,body,price}'),
        ('bare', '', 'unicode61_1', '{title,body}', '{t,t}', NULL, NULL, NULL);`);
  });

  const inFts5 = (table: string, query: string, call: string) =>
    sqlite
      .prepare(`SELECT ${call.replace("(", `(${table}, `)} AS text FROM ${table} WHERE ${table} MATCH ?`)
      .pluck()
      .all(query);

  const inPostgres = async (table: string, query: string, rowid: number, call: string) => {
    const sql = `SELECT fts5.${call.replace("(", "($1, $2, $3, ")} AS text`;
    const { rows } = await database.pool.query<{ text: string | null }>(sql, [table, query, rowid]);
    return rows[0]?.text;
  };

  it.each([
    ["own", "sail", 1, "highlight(0, '<b>', '</b>')", "<b>Sailing</b> ships"],
    ["own", "sail", 1, "highlight(1, '<b>', '</b>')", "sail"],
    ["own", "sail", 1, "highlight(3, '<b>', '</b>')", ""],
    ["own", "sail", 1, "highlight(-1, '<b>', '</b>')", ""],
    ["own", "sail", 1, "highlight(NULL, NULL, '</b>')", "Sailing</b> ships"],
    ["own", "text", 2, "highlight(2, '<b>', '</b>')", null],
    ["own", "text", 2, "snippet(2, '<b>', '</b>', '…', 3)", null],
    ["own", "text", 2, "snippet(1, '<b>', '</b>', '…', 3)", "sail"],
    ["own", "harbour", 1, "snippet(-1, '<b>', '</b>', '…', 5)", "…Then comes the <b>harbour</b> at…"],
    ["own", "harbour OR sail", 1, "snippet(-1, '<b>', '</b>', '…', 5)", "…Then comes the <b>harbour</b> at…"],
    [
      "own",
      "body : (harbour ship)",
      1,
      "snippet(2, '<b>', '</b>', '...', 20)",
      "Long ago, <b>ships</b> of wood went round the cape and took a year for it. Then comes the <b>harbour</b> at...",
    ],
    ["outside", "ships harbour", 1, "highlight(0, '<b>', '</b>')", "Sailing <b>ships</b>"],
    ["outside", "12", 1, "highlight(2, '<b>', '</b>')", "<b>12</b>.0"],
    ["outside", "1 + 0e", 2, "highlight(2, '<b>', '</b>')", "<b>1.0e</b>+20"],
    ["bare", "ships", 1, "highlight(0, '<b>', '</b>')", null],
    ["bare", "ships", 1, "snippet(-1, '<b>', '</b>', '…', 5)", null],
  ])("%s, %s: %j %s", async (table, query, rowid, call, expected) => {
    const found = await inPostgres(table, query, rowid, call);
    expect(found).toBe(expected);
    expect(inFts5(table, query, call)).toEqual([expected]);
  });

  it("refuses a snippet of a column that is not there, as FTS5 does", async () => {
    const call = "snippet(3, '', '', '', 5)";
    expect(() => inFts5("own", "sail", call)).toThrow("column index out of range");
    await expect(inPostgres("own", "sail", 1, call)).rejects.toThrow("column index out of range");
  });

  it("leaves a row unmarked that does not match, and knows no row that is not there", async () => {
    expect(await inPostgres("own", "sail AND steam", 1, "highlight(0, '<', '>')")).toBe("Sailing ships");
    expect(await inPostgres("own", "steam", 1, "snippet(2, '<', '>', '…', 3)")).toBe("Long ago, ships…");
    expect(await inPostgres("own", "sail", 9, "highlight(0, '<', '>')")).toBeNull();
    expect(await inPostgres("outside", "sail", 9, "snippet(0, '<', '>', '…', 3)")).toBeNull();
  });

  it("refuses a wrong query in FTS5's words, and a table that is no full-text table", async () => {
    await expect(inPostgres("own", "sail AND", 1, "highlight(0, '', '')")).rejects.toThrow(
      'fts5: syntax error near ""',
    );
    await expect(inPostgres("notes", "sail", 1, "highlight(0, '', '')")).rejects.toThrow("is not a full-text table");
  });

  it("works on joined rows, whatever the search path", async () => {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL search_path = ''");
      const { rows } = await client.query(
        `SELECT n.id, fts5.highlight('public.outside', $1, n.id, 0, '<b>', '</b>') AS title FROM public.notes n ORDER BY n.id`,
        ["ships OR text"],
      );
      expect(rows).toEqual([
        { id: "1", title: "Sailing <b>ships</b>" },
        { id: "2", title: "No <b>text</b>" },
      ]);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("marks a long text in order and in full", async () => {
    const words = Array.from({ length: 20_000 }, (_, i) => (i % 7 === 0 ? "née" : `w${i % 100}`));
    const { rows } = await database.pool.query<{ text: string }>(
      "SELECT fts5.highlight_text('unicode61_1', '{a}', ARRAY[$1], 'nee', 0, '[', ']') AS text",
      [words.join(" ")],
    );
    expect(rows[0]?.text).toBe(words.map((word) => (word === "née" ? "[née]" : word)).join(" "));
  });
});

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const body =
  "Long ago, ships of wood went round the cape and took a year for it. Then comes the harbour at the end of the world.";
