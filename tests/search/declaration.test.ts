/** Each declaration is asked of SQLite too: what it refuses is null, and what it accepts has its columns and tables. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { type FullTextDeclaration, readDeclaration } from "../../src/search/declaration.ts";

const plain: Omit<FullTextDeclaration, "columns" | "module"> = {
  tokenize: "",
  content: { kind: "own" },
  detail: "full",
  prefix: [],
  columnsize: true,
  tokendata: false,
  locale: false,
};

/** As sqlite_schema has it; null when SQLite refuses. */
function asked(module: string, parameters: string): { sql: string; columns: string[]; tables: string[] } | null {
  const db = new Database(":memory:");
  try {
    db.exec("CREATE TABLE texts (id INTEGER PRIMARY KEY, a, b, lang)");
    db.exec(`CREATE VIRTUAL TABLE t USING ${module}(${parameters})`);
    const names = (sql: string): string[] => db.prepare<[], string>(sql).pluck().all();
    return {
      sql: names("SELECT sql FROM sqlite_schema WHERE name = 't'")[0] ?? "",
      columns: names("SELECT name FROM pragma_table_xinfo('t') WHERE hidden = 0"),
      tables: names(
        "SELECT substr(name, 3) FROM sqlite_schema WHERE name GLOB 't_*' AND type = 'table' AND name <> 'texts'",
      ),
    };
  } catch {
    return null;
  } finally {
    db.close();
  }
}

function same(module: "fts5" | "fts4" | "fts3", parameters: string): FullTextDeclaration | null {
  const truth = asked(module, parameters);
  const read = readDeclaration(truth?.sql ?? `CREATE VIRTUAL TABLE t USING ${module}(${parameters})`);
  expect(read === null, parameters).toBe(truth === null);
  if (read === null || truth === null) return null;
  if (read.columns.length > 0) expect(read.columns.map(({ name }) => name)).toEqual(truth.columns);
  if (module !== "fts3") expect(read.columnsize, parameters).toBe(truth.tables.includes("docsize"));
  expect(read.content.kind === "own", parameters).toBe(truth.tables.includes("content"));
  return read;
}

describe("FTS5", () => {
  const a = [{ name: "a", indexed: true }];
  const fts5 = (more: Partial<FullTextDeclaration>): FullTextDeclaration => ({
    module: "fts5",
    columns: a,
    ...plain,
    ...more,
  });
  const accepted: [string, Partial<FullTextDeclaration>][] = [
    ["a", {}],
    [
      `a unindexed, 'b c', "d""q" UNINDEXED, [e f], \`g\`, éa, tokenize, 'it''s'`,
      {
        columns: ["a", "b c", 'd"q', "e f", "g", "éa", "tokenize", "it's"].map((name) => ({
          name,
          indexed: name !== "a" && name !== 'd"q',
        })),
      },
    ],
    ["a, tokenize = 'porter unicode61 remove_diacritics 2'", { tokenize: "porter unicode61 remove_diacritics 2" }],
    [`a, tok="unicode61 tokenchars '-_'"`, { tokenize: "unicode61 tokenchars '-_'" }],
    ["a, tokenize='unicode61 tokenchars ''-_'''", { tokenize: "unicode61 tokenchars '-_'" }],
    ["a, TOKENIZE=[ascii]", { tokenize: "ascii" }],
    ["a, tokenize=``", {}],
    ["a, prefix='2,3 , 4', pre = 5", { prefix: [2, 3, 4, 5] }],
    ["a, prefix=''", {}],
    ["a, prefix=' 2 '", { prefix: [2] }],
    ["a, content=''", { content: { kind: "contentless", delete: false, unindexed: false } }],
    ["a, content=", { content: { kind: "contentless", delete: false, unindexed: false } }],
    ["a, contentless_delete=1, c=''", { content: { kind: "contentless", delete: true, unindexed: false } }],
    ["a, content='', contentless_u=1", { content: { kind: "contentless", delete: false, unindexed: true } }],
    ["a, content=texts", { content: { kind: "external", table: "texts", rowid: "rowid" } }],
    ["a, content_rowid=id, content=[texts]", { content: { kind: "external", table: "texts", rowid: "id" } }],
    ["a, content=null", { content: { kind: "external", table: "null", rowid: "rowid" } }],
    ["a, detail=COL", { detail: "column" }],
    ["a, d='n'", { detail: "none" }],
    ["a, columnsize='0', locale=1, tokend=1", { columnsize: false, locale: true, tokendata: true }],
    ["a /* b, c */, , b -- d, e\n", { columns: [...a, { name: "b", indexed: true }] }],
  ];
  it.each(accepted)("%s", (parameters, more) => {
    expect(same("fts5", parameters)).toEqual(fts5(more));
  });

  it.each([
    "",
    "content=''",
    "a b",
    "a UNINDEXED x",
    "a\tUNINDEXED",
    "a /* */ UNINDEXED",
    "rank",
    "a, RowID",
    "a-b",
    "a(b, c)",
    "a = 'x'",
    "'tokenize' = 'porter'",
    "a, tokenize = porter unicode61",
    "a, tokenize='porter', tokenize='ascii'",
    "a, content='x', content='y'",
    "a, detail=full x",
    "a, detail=''",
    "a, columnsize=2",
    "a, contentless_delete=1",
    "a, content='', contentless_delete=1, columnsize=0",
    "a, prefix=0",
    "a, prefix='1234'",
    "a, prefix='2,,3'",
    "a, prefix='2,'",
    "a, prefix=x",
    "a, prefixes=2",
  ])("refuses %s", (parameters) => {
    expect(same("fts5", parameters)).toBeNull();
  });
});

describe("FTS4 and FTS3", () => {
  it.each<["fts4" | "fts3", string, Partial<FullTextDeclaration>]>([
    ["fts4", "", { columns: [{ name: "content", indexed: true }] }],
    [
      "fts4",
      "title TEXT NOT NULL, [a b] VARCHAR(10, 2)",
      { columns: ["title", "a b"].map((name) => ({ name, indexed: true })) },
    ],
    [
      "fts4",
      "a, b, notindexed=B",
      {
        columns: [
          { name: "a", indexed: true },
          { name: "b", indexed: false },
        ],
      },
    ],
    ["fts4", "a, tokenize=porter", { tokenize: "porter" }],
    ["fts4", `a, tokenize unicode61 "remove_diacritics=0"`, { tokenize: 'unicode61 "remove_diacritics=0"' }],
    ["fts4", 'a, content="texts"', { content: { kind: "external", table: "texts", rowid: "rowid" } }],
    ["fts4", "content='texts'", { columns: [], content: { kind: "external", table: "texts", rowid: "rowid" } }],
    ["fts4", "a, content=''", { content: { kind: "contentless", delete: false, unindexed: false } }],
    ["fts4", 'a, matchinfo=fts3, order=DESC, prefix="2,4,0", languageid=lang', { columnsize: false, prefix: [2, 4] }],
    ["fts4", "a, prefix='2 4'", { prefix: [2] }],
    ["fts3", "a, tokenize=simple", { tokenize: "simple", columnsize: false }],
    ["fts3", "a, order=desc", { columns: ["a", "order"].map((name) => ({ name, indexed: true })), columnsize: false }],
  ])("%s(%s)", (module, parameters, more) => {
    expect(same(module, parameters)).toEqual({ module, columns: [{ name: "a", indexed: true }], ...plain, ...more });
  });

  it.each([
    "a, order=up",
    "a, matchinfo=fts4",
    "a, notindexed=z",
    "a, compress=zip",
    "a, b=c",
    "a, prefix='x'",
    "a, prefix='2,'",
  ])("refuses %s", (parameters) => {
    expect(same("fts4", parameters)).toBeNull();
  });
});

it("reads the statement as SQLite does", () => {
  const names = (sql: string): string[] | undefined => readDeclaration(sql)?.columns.map(({ name }) => name);
  expect(names(`create virtual table if not exists main."using" /* USING fts4(x) */ using "FTS5" (a)`)).toEqual(["a"]);
  expect(names("CREATE VIRTUAL TABLE t USING fts4")).toEqual(["content"]);
  expect(readDeclaration("CREATE VIRTUAL TABLE t USING rtree(id, x, y)")).toBeNull();
  expect(readDeclaration("CREATE TABLE t (using, fts5)")).toBeNull();
});
