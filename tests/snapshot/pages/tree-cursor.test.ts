/** Rows by the pages of a file are those that SQLite gives, or there is an error. */
import { readFileSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCatalog } from "../../../src/snapshot/catalog/read-file-catalog.ts";
import { PageError } from "../../../src/snapshot/pages/page-error.ts";
import { storedTable } from "../../../src/snapshot/pages/stored-table.ts";
import { freshPath, makeDatabase } from "../../support/scratch-database.ts";
import { cells, insert } from "../cells.ts";
import { byPages, bySqlite } from "./stored.ts";

function both(path: string, name = "t"): { pages: string[]; sqlite: string[] } {
  const db = new Database(path, { readonly: true });
  db.defaultSafeIntegers(true);
  try {
    return { pages: byPages(db, path, name), sqlite: bySqlite(db, name) };
  } finally {
    db.close();
  }
}

function expectSame(path: string, rows: number, name = "t"): void {
  const { pages, sqlite } = both(path, name);
  expect(pages).toEqual(sqlite);
  expect(pages).toHaveLength(rows);
}

const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)";

describe("a table's rows by its pages", () => {
  const schemas = [
    "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b TEXT, c REAL, d)",
    "CREATE TABLE t(a, b REAL, c, d NUMERIC, e INTEGER)",
    "CREATE TABLE t(a INT PRIMARY KEY DESC, b, c, d, e)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY DESC, b, c REAL, d, e)",
    "CREATE TABLE t(a, b, c, d REAL, e, PRIMARY KEY (c, a)) WITHOUT ROWID",
    "CREATE TABLE t(a TEXT COLLATE NOCASE, b, c, d REAL, e, PRIMARY KEY (d DESC, a)) WITHOUT ROWID",
  ];
  const width = 5;

  it("are SQLite's, whatever was written, changed and deleted", () => {
    const row = fc.array(cells(false), { minLength: width, maxLength: width });
    const long = fc.tuple(fc.nat(width - 1), fc.constantFrom(300, 3000, 40_000));
    fc.assert(
      fc.property(
        fc.constantFrom(...schemas),
        fc.constantFrom(512, 1024, 4096, 65_536),
        fc.constantFrom(0, 1, 2),
        fc.array(row, { maxLength: 60 }),
        fc.array(long, { maxLength: 6 }),
        fc.array(fc.nat(70), { maxLength: 25 }),
        (schema, pageSize, vacuum, rows, longs, gone) => {
          const path = makeDatabase((db) => {
            db.pragma(`page_size = ${pageSize}`);
            db.pragma(`auto_vacuum = ${vacuum}`);
            db.exec(schema);
            const tryInsert = (values: (typeof rows)[number]): void => {
              try {
                insert(db, "t", values);
              } catch (thrown) {
                if (!/SQLITE_(CONSTRAINT|MISMATCH)/.test(String((thrown as { code: string }).code))) throw thrown;
              }
            };
            for (const values of rows) tryInsert(values);
            for (const [at, length] of longs)
              tryInsert(
                Array.from({ length: width }, (_, i) => (i === at ? Buffer.alloc(length, at) : BigInt(length))),
              );
            const column = /\bid\b/.test(schema) ? "d" : "e";
            for (const [i, one] of gone.entries()) {
              if (i % 2 === 0) db.exec(`DELETE FROM t WHERE length(${column}) = ${one % 7} OR ${column} = ${one}`);
              else db.exec(`UPDATE t SET ${column} = zeroblob(${one * 40}) WHERE typeof(${column}) = 'integer'`);
            }
          });
          const { pages, sqlite } = both(path);
          expect(pages).toEqual(sqlite);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("are those of a range of rowids", () => {
    const path = makeDatabase(
      (db) =>
        void db.exec(
          `PRAGMA page_size = 512; CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); ${numbers} INSERT INTO t SELECT i * 3 - 6000, printf('%.*c', i % 90, 'x') FROM n;
           INSERT INTO t VALUES (-9223372036854775808, 'first'), (9223372036854775807, 'last')`,
        ),
    );
    const db = new Database(path, { readonly: true });
    db.defaultSafeIntegers(true);
    const bound = fc.oneof(
      fc.constant(null),
      fc.bigInt({ min: -6010n, max: 9010n }),
      fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n, -(2n ** 32n)),
    );
    fc.assert(
      fc.property(bound, bound, (from, to) => {
        const where = `${from === null ? "TRUE" : `id >= ${from}`} AND ${to === null ? "TRUE" : `id < ${to}`}`;
        expect(byPages(db, path, "t", { from, to })).toEqual(bySqlite(db, "t", where));
      }),
      { numRuns: 200 },
    );
    db.close();
  });

  it("are REAL where the column says so, though whole numbers are stored as integers", () => {
    const path = makeDatabase("CREATE TABLE t(a REAL, b); INSERT INTO t VALUES (5, 5), (-3.0, -3.0), (1e15, 1e15)");
    expectSame(path, 3);
    expect(both(path).pages[0]).toBe("real 4014000000000000, integer 5");
  });

  it("have NULL for a NaN that was stored", () => {
    const path = makeDatabase("CREATE TABLE t(a, b REAL); INSERT INTO t VALUES (1.5, 'x'), (2.5, 2.5)");
    const bytes = readFileSync(path);
    const at = bytes.indexOf(Buffer.from("3ff8000000000000", "hex"));
    bytes.write("7ff8000000000001", at, "hex");
    writeFileSync(path, bytes);
    expectSame(path, 2);
    expect(both(path).pages[0]).toBe("null, text 78");
  });

  it("of a table without rowid are in interior pages, too", () => {
    const path = makeDatabase(
      `PRAGMA page_size = 512; CREATE TABLE t(a, b, c, PRIMARY KEY (b, a)) WITHOUT ROWID; ${numbers} INSERT INTO t SELECT i, printf('key %d', i * 7919 % 5000), i / 4.0 FROM n`,
    );
    expectSame(path, 5000);
  });

  it("have the default of a column that was added later", () => {
    const path = makeDatabase(
      `CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'old'), (5, 'old');
       ALTER TABLE t ADD COLUMN b TEXT DEFAULT 7; ALTER TABLE t ADD COLUMN c REAL DEFAULT 3; INSERT INTO t VALUES (6, 'new', 'x', 2.5);
       ALTER TABLE t ADD COLUMN d; ALTER TABLE t ADD COLUMN e DEFAULT 9223372036854775807; ALTER TABLE t ADD COLUMN f DEFAULT x'00ff'`,
    );
    expectSame(path, 3);
    expect(both(path).pages[0]).toBe(
      "integer 1, text 6f6c64, text 37, real 4008000000000000, null, integer 9223372036854775807, blob 00ff",
    );
  });

  it("are not those of pages that were given back", () => {
    const path = makeDatabase((db) => {
      db.exec(
        `PRAGMA page_size = 1024; CREATE TABLE t(a, b); ${numbers} INSERT INTO t SELECT i, hex(randomblob(30)) FROM n`,
      );
      db.exec("DELETE FROM t WHERE a % 10 > 0; CREATE TABLE other(x); INSERT INTO other SELECT b FROM t");
    });
    expectSame(path, 500);
    expectSame(path, 500, "other");
  });

  it("are found where bytes of each page are reserved", () => {
    const path = freshPath();
    const empty = new Database(path);
    empty.exec("PRAGMA page_size = 1024; CREATE TABLE x(a); DROP TABLE x; VACUUM");
    empty.close();
    const bytes = readFileSync(path);
    bytes[20] = 32;
    // Where the empty schema's cells would begin.
    bytes.writeUInt16BE(1024 - 32, 105);
    writeFileSync(path, bytes);
    makeDatabase(
      `CREATE TABLE t(a, b); ${numbers} INSERT INTO t SELECT i, printf('%.*c', i % 3000, 'x') FROM n WHERE i < 900`,
      path,
    );
    expect(readFileSync(path)[20]).toBe(32);
    expectSame(path, 899);
  });

  it("are not read so where only SQLite knows what they are", () => {
    const path = makeDatabase(
      "CREATE TABLE g(a, b AS (a + 1)); CREATE TABLE s(a, b AS (a + 1) STORED); CREATE TABLE plain(a)",
    );
    const wide = makeDatabase("PRAGMA encoding = 'UTF-16le'; CREATE TABLE plain(a)");
    const reasons = (file: string): unknown[] => {
      const db = new Database(file, { readonly: true });
      db.defaultSafeIntegers(true);
      const found = readCatalog(db).tables.map((table) => storedTable(db, table));
      db.close();
      return found.map((one) => (typeof one === "string" ? one : "pages"));
    };
    expect(reasons(path)).toEqual(["it has generated columns", "it has generated columns", "pages"]);
    expect(reasons(wide)).toEqual(["its texts are in UTF-16"]);
  });
});

describe("a damaged file", () => {
  it("ends in an error, or in the rows that SQLite gives", () => {
    const path = makeDatabase((db) => {
      db.exec("PRAGMA page_size = 512; CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b REAL, c BLOB)");
      db.exec(
        `${numbers} INSERT INTO t SELECT i, printf('%.*c', i % 50, 'x'), i / 3.0, zeroblob(CASE i % 40 WHEN 0 THEN 2000 ELSE 3 END) FROM n WHERE i < 400`,
      );
      db.exec("CREATE TABLE w(a TEXT, b, PRIMARY KEY (a)) WITHOUT ROWID; INSERT INTO w SELECT 'k' || id, a FROM t");
    });
    const whole = readFileSync(path);
    const sound = new Database(path, { readonly: true });
    sound.defaultSafeIntegers(true);
    const catalog = readCatalog(sound);
    sound.close();
    let seed = 20261201;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    let readable = 0;
    const other = freshPath();
    for (let i = 0; i < 1000; i++) {
      const bytes = Buffer.from(whole);
      // The schema's own page would mostly leave nothing to read.
      const at = i % 20 === 0 ? random(100) : 512 + random(bytes.length - 512);
      bytes[at] = (bytes[at] as number) ^ (1 << random(8));
      writeFileSync(other, bytes);
      for (const name of ["t", "w"]) {
        const sqlite = attempt(() => withDatabase(other, (db) => bySqlite(db, name)));
        const pages = attempt(() => withDatabase(other, (db) => byPages(db, other, name, undefined, catalog)));
        if (pages instanceof Error) {
          expect(isOfFile(pages), String(pages.stack)).toBe(true);
          continue;
        }
        if (sqlite instanceof Error) continue;
        readable++;
        expect(pages.length === sqlite.length && pages.every((row, n) => row === sqlite[n]), `byte ${at}`).toBe(true);
      }
    }
    expect(readable).toBeGreaterThan(300);
  }, 120_000);

  it("whose pages lead in a circle is no walk without end", () => {
    const path = makeDatabase(`PRAGMA page_size = 512; CREATE TABLE t(a); ${numbers} INSERT INTO t SELECT i FROM n`);
    const bytes = readFileSync(path);
    // The root's last child becomes the root itself.
    bytes.writeUInt32BE(2, 512 + 8);
    writeFileSync(path, bytes);
    expect(() => withDatabase(path, (db) => byPages(db, path))).toThrow(/^page 2: two places of a b-tree point to it$/);
  });
});

function withDatabase<T>(path: string, work: (db: Database.Database) => T): T {
  const db = new Database(path, { readonly: true });
  db.defaultSafeIntegers(true);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (thrown) {
    return thrown as Error;
  }
}

function isOfFile(error: Error): boolean {
  return (
    error instanceof PageError ||
    String((error as { code?: string }).code).startsWith("SQLITE_") ||
    /pages|columns/.test(error.message)
  );
}
