import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { Catalog, Table } from "../../../src/core/schema/catalog.ts";
import { readCatalog } from "../../../src/snapshot/catalog/read-file-catalog.ts";
import { openSqlite } from "../../../src/sqlite/open.ts";
import { makeDatabase } from "../../support/scratch-database.ts";

function catalogOf(fill: string | ((db: Database.Database) => void)): Catalog {
  const db = openSqlite(makeDatabase(fill));
  const catalog = readCatalog(db);
  db.close();
  return catalog;
}

function tableOf(sql: string, name = "t"): Table {
  const found = catalogOf(sql).tables.find((table) => table.name === name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
}

describe("keys", () => {
  it.each([
    ["a INTEGER PRIMARY KEY, b", ["a"], "a", "rowid"],
    ["a integer primary key, b", ["a"], "a", "rowid"],
    ["a INTEGER, b, PRIMARY KEY (a)", ["a"], "a", "rowid"],
    ["a INTEGER PRIMARY KEY DESC, b", ["a"], null, "rowid"],
    ["a INTEGER, b, PRIMARY KEY (a DESC)", ["a"], "a", "rowid"],
    ["a INT PRIMARY KEY, b", ["a"], null, "rowid"],
    ["a BIGINT PRIMARY KEY, b", ["a"], null, "rowid"],
    ["a TEXT PRIMARY KEY, b", ["a"], null, "rowid"],
    ["a INTEGER, b, PRIMARY KEY (b, a)", ["b", "a"], null, "rowid"],
    ["a, b", null, null, "rowid"],
    ["rowid INTEGER PRIMARY KEY, b", ["rowid"], "rowid", "_rowid_"],
    ["ROWID, _rowid_ TEXT", null, null, "oid"],
    ["rowid, _rowid_, oid", null, null, null],
  ])("CREATE TABLE t(%s)", (columns, key, alias, rowidName) => {
    const table = tableOf(`CREATE TABLE t(${columns})`);
    expect(table.primaryKey).toEqual(key);
    expect(table.columns.filter((column) => column.isRowid).map((column) => column.name)).toEqual(
      alias === null ? [] : [alias],
    );
    expect(table.rowidName).toBe(rowidName);
    // What SQLite itself makes of it: only a rowid takes no text.
    const db = new Database(":memory:");
    db.exec(`CREATE TABLE t(${columns})`);
    const first = key?.[0];
    if (key?.length === 1) {
      const insert = () => db.exec(`INSERT INTO t("${first}") VALUES ('text')`);
      if (alias === null) insert();
      else expect(insert).toThrow(/datatype mismatch/);
    }
    db.close();
  });

  it("of a table WITHOUT ROWID", () => {
    const table = tableOf("CREATE TABLE t(a INTEGER PRIMARY KEY, b) WITHOUT ROWID");
    expect([table.withoutRowid, table.rowidName, table.primaryKey, table.columns[0]?.isRowid]).toEqual([
      true,
      null,
      ["a"],
      false,
    ]);
  });

  it("with AUTOINCREMENT keep their sequence", () => {
    const sql = "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT)";
    expect([tableOf(sql).autoincrement, tableOf(sql).sequence]).toEqual([true, null]);
    const used = tableOf(`${sql}; INSERT INTO t VALUES (9223372036854775806); DELETE FROM t`);
    expect([used.autoincrement, used.sequence]).toEqual([true, "9223372036854775806"]);
  });
});

describe("columns", () => {
  it("have type, affinity, default, collation and NOT NULL", () => {
    const { columns } = tableOf(`CREATE TABLE t(
      a, b VARCHAR(30) NOT NULL DEFAULT 'it''s', c DECIMAL(10, 2) DEFAULT (1 + 2), d DATETIME DEFAULT CURRENT_TIMESTAMP,
      e UNSIGNED BIG INT DEFAULT -1, f TEXT COLLATE nocase, g FLOATING POINT, h "odd type", i BLOB DEFAULT x'00', j CHARINT, k STRING, l TEXT DEFAULT NULL)`);
    expect(columns.map((c) => [c.name, c.declaredType, c.affinity, c.notNull, c.default, c.collation])).toEqual([
      ["a", "", "BLOB", false, null, "BINARY"],
      ["b", "VARCHAR(30)", "TEXT", true, "'it''s'", "BINARY"],
      ["c", "DECIMAL(10, 2)", "NUMERIC", false, "1 + 2", "BINARY"],
      ["d", "DATETIME", "NUMERIC", false, "CURRENT_TIMESTAMP", "BINARY"],
      ["e", "UNSIGNED BIG INT", "INTEGER", false, "-1", "BINARY"],
      ["f", "TEXT", "TEXT", false, null, "NOCASE"],
      ["g", "FLOATING POINT", "INTEGER", false, null, "BINARY"],
      ["h", "odd type", "NUMERIC", false, null, "BINARY"],
      ["i", "BLOB", "BLOB", false, "x'00'", "BINARY"],
      ["j", "CHARINT", "INTEGER", false, null, "BINARY"],
      ["k", "STRING", "NUMERIC", false, null, "BINARY"],
      ["l", "TEXT", "TEXT", false, "NULL", "BINARY"],
    ]);
  });

  it("of a STRICT table keep ANY as it comes", () => {
    const table = tableOf("CREATE TABLE t(a ANY, b INT, c TEXT) STRICT");
    expect([table.strict, table.columns.map((column) => column.affinity)]).toEqual([true, ["BLOB", "INTEGER", "TEXT"]]);
  });

  it("may be generated", () => {
    const { columns } = tableOf(
      "CREATE TABLE t(a INT, b INT GENERATED ALWAYS AS (a * 2), c TEXT AS (upper(a) || ')') STORED NOT NULL, d AS (a))",
    );
    expect(columns.map((c) => [c.name, c.declaredType, c.generated, c.notNull])).toEqual([
      ["a", "INT", null, false],
      ["b", "INT", { kind: "virtual", expression: "a * 2" }, false],
      ["c", "TEXT", { kind: "stored", expression: "upper(a) || ')'" }, true],
      ["d", "", { kind: "virtual", expression: "a" }, false],
    ]);
  });

  it("added later are there", () => {
    const { columns } = tableOf("CREATE TABLE t(a); ALTER TABLE t ADD COLUMN b TEXT COLLATE RTRIM DEFAULT 'x'");
    expect(columns.map((c) => [c.name, c.collation, c.default])).toEqual([
      ["a", "BINARY", null],
      ["b", "RTRIM", "'x'"],
    ]);
  });
});

describe("foreign keys", () => {
  it("of every kind", () => {
    const table = tableOf(
      `CREATE TABLE p(a INTEGER PRIMARY KEY); CREATE TABLE q(x, y, z UNIQUE, PRIMARY KEY (x, y));
       CREATE TABLE t(
         id INTEGER PRIMARY KEY,
         one INT REFERENCES p,
         two INT CONSTRAINT second REFERENCES P(a) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
         self INT REFERENCES t(id) ON DELETE SET DEFAULT DEFERRABLE,
         three INT REFERENCES missing(id) ON DELETE RESTRICT,
         u, v,
         CONSTRAINT both FOREIGN KEY (u, v) REFERENCES q,
         FOREIGN KEY (v, u) REFERENCES q(y, x) NOT DEFERRABLE,
         FOREIGN KEY (u) REFERENCES q)`,
    );
    const no = { onUpdate: "NO ACTION", onDelete: "NO ACTION", deferrable: "no" };
    expect(table.foreignKeys).toEqual([
      { ...no, name: null, columns: ["one"], parent: "p", parentColumns: ["a"] },
      {
        name: "second",
        columns: ["two"],
        parent: "p",
        parentColumns: ["a"],
        onUpdate: "SET NULL",
        onDelete: "CASCADE",
        deferrable: "initially deferred",
      },
      {
        ...no,
        name: null,
        columns: ["self"],
        parent: "t",
        parentColumns: ["id"],
        onDelete: "SET DEFAULT",
        deferrable: "initially immediate",
      },
      { ...no, name: null, columns: ["three"], parent: "missing", parentColumns: ["id"], onDelete: "RESTRICT" },
      { ...no, name: "both", columns: ["u", "v"], parent: "q", parentColumns: ["x", "y"] },
      { ...no, name: null, columns: ["v", "u"], parent: "q", parentColumns: ["y", "x"] },
      { ...no, name: null, columns: ["u"], parent: "q", parentColumns: [] },
    ]);
  });

  it("may go round in circles", () => {
    const { tables } = catalogOf(
      "CREATE TABLE a(id INTEGER PRIMARY KEY, b REFERENCES b); CREATE TABLE b(id INTEGER PRIMARY KEY, a REFERENCES a)",
    );
    expect(
      tables.map((table) => [table.name, table.foreignKeys[0]?.parent, table.foreignKeys[0]?.parentColumns]),
    ).toEqual([
      ["a", "b", ["id"]],
      ["b", "a", ["id"]],
    ]);
  });
});

describe("constraints and indexes", () => {
  it("are told apart", () => {
    const table = tableOf(
      `CREATE TABLE t(a UNIQUE, b TEXT CHECK (b <> ''), c CONSTRAINT positive CHECK (c > 0), UNIQUE (c, b), CONSTRAINT named UNIQUE (b, a), CHECK (a < c OR b = ')'));
       CREATE INDEX plain ON t(a);
       CREATE UNIQUE INDEX "odd name" ON t(b COLLATE NOCASE DESC, lower(b) || 'x', c) WHERE c IS NOT NULL AND b <> 'WHERE'`,
    );
    expect(table.uniques).toEqual([
      { name: null, columns: ["a"], collations: ["BINARY"] },
      { name: null, columns: ["c", "b"], collations: ["BINARY", "BINARY"] },
      { name: "named", columns: ["b", "a"], collations: ["BINARY", "BINARY"] },
    ]);
    expect(table.checks).toEqual([
      { name: null, expression: "b <> ''" },
      { name: "positive", expression: "c > 0" },
      { name: null, expression: "a < c OR b = ')'" },
    ]);
    expect(table.indexes.map(({ sql: _, ...index }) => index)).toEqual([
      {
        name: "plain",
        unique: false,
        parts: [{ column: "a", expression: null, descending: false, collation: "BINARY" }],
        where: null,
      },
      {
        name: "odd name",
        unique: true,
        parts: [
          { column: "b", expression: null, descending: true, collation: "NOCASE" },
          { column: null, expression: "lower(b) || 'x'", descending: false, collation: "BINARY" },
          { column: "c", expression: null, descending: false, collation: "BINARY" },
        ],
        where: "c IS NOT NULL AND b <> 'WHERE'",
      },
    ]);
  });
});

describe("a whole database", () => {
  it("keeps tables, views, triggers, virtual tables and the store's own apart", () => {
    const catalog = catalogOf(
      `CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);
       CREATE TABLE fts_notes(a);
       CREATE TABLE _litestream_seq(id INTEGER PRIMARY KEY, seq INTEGER);
       CREATE TABLE alembic_version(version_num);
       CREATE VIEW v AS SELECT a FROM t;
       CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END;
       CREATE TRIGGER on_view INSTEAD OF INSERT ON v BEGIN SELECT 1; END;
       CREATE VIRTUAL TABLE fts USING fts5(a, content='t', content_rowid='id');
       CREATE VIRTUAL TABLE "old fts" USING fts4(a);
       CREATE VIRTUAL TABLE places USING rtree(id, x0, x1);
       INSERT INTO t(a) VALUES ('x'); ANALYZE`,
    );
    expect(catalog.tables.map((table) => table.name)).toEqual(["t", "fts_notes", "alembic_version"]);
    expect(catalog.views).toEqual([{ name: "v", sql: "CREATE VIEW v AS SELECT a FROM t" }]);
    expect(catalog.triggers.map(({ name, table }) => [name, table])).toEqual([
      ["tr", "t"],
      ["on_view", "v"],
    ]);
    expect(
      catalog.virtualTables.map(({ name, module, shadowTables }) => [name, module, [...shadowTables].sort()]),
    ).toEqual([
      ["fts", "fts5", ["fts_config", "fts_data", "fts_docsize", "fts_idx"]],
      [
        "old fts",
        "fts4",
        ["docsize", "segdir", "segments", "stat"]
          .map((part) => `old fts_${part}`)
          .concat("old fts_content")
          .sort(),
      ],
      ["places", "rtree", ["places_node", "places_parent", "places_rowid"]],
    ]);
    expect(catalog.internal).toContain("sqlite_sequence");
    expect(catalog.internal).toContain("sqlite_stat1");
    expect(catalog.internal).toContain("_litestream_seq");
  });

  it("keeps odd names as they are", () => {
    const names = [
      'a "quoted" one',
      "with space",
      "sélect",
      "order",
      "ta.ble",
      "it's",
      "Ünïcode😀",
      "[br]",
      "`tick`",
      "-- no comment",
    ];
    const catalog = catalogOf((db) => {
      for (const name of names) {
        const quoted = `"${name.replaceAll('"', '""')}"`;
        db.exec(
          `CREATE TABLE ${quoted}(${quoted} TEXT COLLATE NOCASE PRIMARY KEY, b REFERENCES ${quoted}(${quoted}), CHECK (${quoted} <> ''))`,
        );
        db.exec(`CREATE INDEX "i ${name.replaceAll('"', '""')}" ON ${quoted}(${quoted} DESC)`);
      }
    });
    for (const [i, name] of names.entries()) {
      const table = catalog.tables[i];
      expect([table?.name, table?.columns[0]?.name, table?.columns[0]?.collation, table?.primaryKey]).toEqual([
        name,
        name,
        "NOCASE",
        [name],
      ]);
      expect(table?.indexes.map((index) => [index.name, index.parts[0]?.column, index.parts[0]?.descending])).toEqual([
        [`i ${name}`, name, true],
      ]);
      expect(table?.foreignKeys.map((key) => [key.parent, key.parentColumns])).toEqual([[name, [name]]]);
      expect(table?.checks).toHaveLength(1);
    }
  });

  it.each(["UTF-8", "UTF-16le", "UTF-16be"])("in %s", (encoding) => {
    const catalog = catalogOf(`PRAGMA encoding = '${encoding}'; CREATE TABLE "é😀"(a TEXT DEFAULT 'ü')`);
    expect([catalog.encoding, catalog.tables[0]?.name, catalog.tables[0]?.columns[0]?.default]).toEqual([
      encoding,
      "é😀",
      "'ü'",
    ]);
  });

  it("survives JSON", () => {
    const catalog = catalogOf("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a); INSERT INTO t VALUES (5, 1)");
    expect(JSON.parse(JSON.stringify(catalog))).toEqual(catalog);
  });
});
