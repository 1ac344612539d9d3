/** Full-text tables as tables of the catalog: their columns, where their rowids are read, and why some are not carried. */
import { describe, expect, it } from "vitest";
import type { Catalog, Column, Table } from "../../src/core/schema/catalog.ts";
import { carriedFullText, contentKey, withFullText } from "../../src/search/catalog.ts";
import { sqliteSource } from "../../src/sources/sqlite/source.ts";
import { makeDatabase } from "../support/scratch-database.ts";

function read(sql: string): Catalog {
  const path = makeDatabase((db) => db.unsafeMode().exec(sql));
  const source = sqliteSource(path).open(path);
  try {
    return source.catalog();
  } finally {
    source.close();
  }
}

const all = (sql: string): Catalog => withFullText(read(sql), () => true);

function table(catalog: Catalog, name: string): Table {
  const found = catalog.tables.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
}

/** `name`, with what is special about the column. */
const shown = (column: Column): string =>
  [
    column.name,
    column.isRowid ? "rowid" : "",
    column.searched === true ? "searched" : "",
    column.hiddenRowid === true ? "hidden" : "",
  ]
    .filter((word) => word !== "")
    .join(" ");

/** Of a full-text table that is not carried; null of one that is. */
function reason(sql: string, name = "f"): string | null {
  const catalog = read(sql);
  const virtual = catalog.virtualTables.find((one) => one.name === name);
  if (virtual === undefined) throw new Error(`no virtual table ${name}`);
  const carried = carriedFullText(catalog, virtual);
  return carried.ok ? null : carried.reason;
}

describe("a content table", () => {
  it("with an INTEGER PRIMARY KEY stays as it is, but for the texts that are searched", () => {
    const catalog = all(
      "CREATE TABLE docs (id INTEGER PRIMARY KEY, Title TEXT, body TEXT, n); CREATE VIRTUAL TABLE f USING fts5(title, body UNINDEXED, content=DOCS, content_rowid=ID)",
    );
    expect(table(catalog, "docs").columns.map(shown)).toEqual(["id rowid", "Title searched", "body", "n"]);
    expect(table(catalog, "docs").uniques).toEqual([]);
    const f = table(catalog, "f");
    expect(f).toMatchObject({
      relation: "f_docsize",
      fullText: { content: { table: "docs", key: "id" } },
      primaryKey: ["rowid"],
      rowidName: "rowid",
    });
    expect(f.columns.map(shown)).toEqual(["rowid"]);
  });

  it.each([
    ["rowid", "id INTEGER PRIMARY KEY", "id"],
    ["_rowid_", "id INTEGER PRIMARY KEY", "id"],
    ["oid", "oid TEXT UNIQUE, id INTEGER PRIMARY KEY", "oid"],
    ["n", "id INTEGER PRIMARY KEY, n INTEGER UNIQUE", "n"],
  ])("content_rowid=%s of (%s) is %s", (rowid, columns, key) => {
    const catalog = all(
      `CREATE TABLE docs (${columns}, t TEXT); CREATE VIRTUAL TABLE f USING fts5(t, content=docs, content_rowid=${rowid})`,
    );
    expect(table(catalog, "f").fullText).toEqual({ content: { table: "docs", key } });
    expect(table(catalog, "docs").columns.some((column) => column.hiddenRowid === true)).toBe(false);
  });

  it.each([
    ["k TEXT PRIMARY KEY", "rowid"],
    ["k TEXT", "rowid"],
    ["k TEXT PRIMARY KEY, rowid TEXT, oid TEXT", "_rowid_"],
  ])("without an integer key (%s) takes the hidden rowid along, as unique", (columns, name) => {
    const catalog = all(
      `CREATE TABLE docs (${columns}, t TEXT); CREATE VIRTUAL TABLE f USING fts5(t, content=docs, content_rowid=_rowid_);
       CREATE VIRTUAL TABLE again USING fts5(t, content=docs, content_rowid=_rowid_)`,
    );
    const docs = table(catalog, "docs");
    expect(docs.columns.filter((column) => column.hiddenRowid === true).map(shown)).toEqual([`${name} hidden`]);
    expect(docs.uniques.filter(({ columns: own }) => own[0] === name)).toEqual([
      { name: null, columns: [name], collations: ["BINARY"] },
    ]);
    expect(table(catalog, "f").fullText).toEqual({ content: { table: "docs", key: name } });
    expect(contentKey(docs, name)).toBe(name);
  });

  it("WITHOUT ROWID has only the columns that it names", () => {
    const sql = (rowid: string): string =>
      `CREATE TABLE docs (n INTEGER PRIMARY KEY, t TEXT) WITHOUT ROWID; CREATE VIRTUAL TABLE f USING fts5(t, content=docs, content_rowid=${rowid})`;
    expect(table(all(sql("n")), "f").fullText).toEqual({ content: { table: "docs", key: "n" } });
    expect(reason(sql("rowid"))).toBe("docs has no column rowid");
  });

  it("may have two full-text tables: what either searches is searched", () => {
    const catalog = all(
      "CREATE TABLE docs (id INTEGER PRIMARY KEY, a, b, c); CREATE VIRTUAL TABLE f USING fts5(a, content=docs); CREATE VIRTUAL TABLE g USING fts5(b, content=docs)",
    );
    expect(table(catalog, "docs").columns.map(shown)).toEqual(["id rowid", "a searched", "b searched", "c"]);
    expect(catalog.tables.map(({ name }) => name)).toEqual(["docs", "f", "g"]);
  });
});

describe("texts of its own", () => {
  it.each(["fts5(a, b UNINDEXED)", "fts5(a, b UNINDEXED, columnsize=0)", "fts4(a, b, notindexed=b)"])(
    "%s has them as columns, and its rowids itself",
    (using) => {
      const f = table(all(`CREATE VIRTUAL TABLE f USING ${using}`), "f");
      expect(f.columns.map(shown)).toEqual(["rowid rowid", "a searched", "b"]);
      expect([f.relation, f.fullText]).toEqual([undefined, { content: null }]);
    },
  );

  it("has columns of any name", () => {
    const names = ["tsv", "LEN", "big", "id", "vector", 'do"t.s', "a b", "rowid2", "ünï", "x".repeat(70)];
    const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(", ");
    const f = table(all(`CREATE VIRTUAL TABLE "Do.cs ""x"" " USING fts5(${quoted})`), 'Do.cs "x" ');
    expect(f.columns.map(({ name }) => name)).toEqual(["rowid", ...names]);
  });
});

describe("FTS4 and FTS3", () => {
  it("takes over the content's columns where it names none", () => {
    const catalog = all(
      'CREATE TABLE c (id INTEGER PRIMARY KEY, a, b); CREATE VIRTUAL TABLE f USING fts4(content="c")',
    );
    expect(table(catalog, "c").columns.map(shown)).toEqual(["id rowid searched", "a searched", "b searched"]);
    expect(table(catalog, "f")).toMatchObject({
      relation: "f_docsize",
      fullText: { content: { table: "c", key: "id" } },
    });
  });

  it("does not take the hidden rowid for one of them", () => {
    const catalog = all('CREATE TABLE c (k TEXT PRIMARY KEY, a); CREATE VIRTUAL TABLE f USING fts4(content="c")');
    expect(table(catalog, "c").columns.map(shown)).toEqual(["k searched", "a searched", "rowid hidden"]);
  });

  it("has a column named content where it names nothing at all", () => {
    expect(table(all("CREATE VIRTUAL TABLE f USING fts3"), "f").columns.map(shown)).toEqual([
      "rowid rowid",
      "content searched",
    ]);
  });
});

it("contentless: its rowids are all there is", () => {
  const catalog = all("CREATE VIRTUAL TABLE f USING fts5(a, b, content='')");
  expect(table(catalog, "f")).toMatchObject({ relation: "f_docsize", fullText: { content: null } });
  expect(table(catalog, "f").columns.map(shown)).toEqual(["rowid"]);
});

describe("is not carried, and says why:", () => {
  it.each([
    ["CREATE VIRTUAL TABLE f USING rtree(id, x, y)", "it is no full-text table"],
    [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE VIEW v AS SELECT * FROM t; CREATE VIRTUAL TABLE f USING fts5(a, content=v, content_rowid=id)",
      "its content v is not a table, so nothing could keep it true",
    ],
    [
      "CREATE VIRTUAL TABLE f USING fts5(a, content=missing)",
      "its content missing is not a table, so nothing could keep it true",
    ],
    [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE VIRTUAL TABLE f USING fts5(a, content=t, content_rowid=nope)",
      "t has no column nope",
    ],
    [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, a); CREATE VIRTUAL TABLE f USING fts5(a, content=t, content_rowid=n)",
      "t.n is not unique, so a row of the index could be that of several texts",
    ],
    [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, a); CREATE UNIQUE INDEX u ON t (n) WHERE n > 0; CREATE VIRTUAL TABLE f USING fts5(a, content=t, content_rowid=n)",
      "t.n is not unique, so a row of the index could be that of several texts",
    ],
    [
      "CREATE VIRTUAL TABLE f USING fts5(a, content='', detail=none)",
      "nobody keeps its texts, and its index has no positions that could be read",
    ],
    [
      "CREATE VIRTUAL TABLE f USING fts4(a, content='')",
      "nobody keeps its texts, and its index has no positions that could be read",
    ],
    [
      "CREATE VIRTUAL TABLE f USING fts3(a, tokenize=porter)",
      "its tokenizer porter is not one of FTS5's own, so PostgreSQL cannot make its tokens; the indexed texts stay in f_content",
    ],
  ])("%s", (sql, why) => {
    expect(reason(sql)).toBe(why);
    expect(all(sql).tables.some(({ name }) => name === "f")).toBe(false);
  });

  it("a tokenizer of the application's own, of which SQLite itself knows only the name", () => {
    const declared = (rest: string): string =>
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE VIRTUAL TABLE f USING fts5(a${rest});
       PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = replace(sql, 'fts5(a', 'fts5(a, tokenize=''jieba 1''') WHERE name = 'f'`;
    const why =
      "its tokenizer jieba is not one of FTS5's own, so PostgreSQL cannot make its tokens; the indexed texts stay in";
    expect(reason(declared(""))).toBe(`${why} f_content`);
    expect(reason(declared(", content=t"))).toBe(`${why} t`);
    expect(reason(declared(", content=''"))).toBe(`${why} nothing but its index`);
  });

  it("a unique index or constraint of one column is enough", () => {
    for (const unique of ["CREATE UNIQUE INDEX u ON t (N)", "CREATE UNIQUE INDEX u ON t (n DESC)"])
      expect(
        reason(
          `CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, a); ${unique}; CREATE VIRTUAL TABLE f USING fts5(a, content=t, content_rowid=n)`,
        ),
      ).toBeNull();
  });
});

it("what the pipeline gives up leaves no trace in the content", () => {
  const catalog = read("CREATE TABLE docs (k TEXT PRIMARY KEY, a); CREATE VIRTUAL TABLE f USING fts5(a, content=docs)");
  expect(withFullText(catalog, () => false)).toEqual(catalog);
});
