/** The cheap check of a file has the verdict of PRAGMA integrity_check. */
import { readFileSync, writeFileSync } from "node:fs";
import type Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCatalog } from "../../src/snapshot/catalog/read-file-catalog.ts";
import { checkLargeFile } from "../../src/snapshot/check-file.ts";
import { indexesAgree } from "../../src/snapshot/pages/index-agreement.ts";
import { openPageFile } from "../../src/snapshot/pages/page-file.ts";
import { foundIn } from "../../src/sqlite/integrity.ts";
import { openSqlite } from "../../src/sqlite/open.ts";
import integrityLines from "../../src/sqlite/programs/integrity-lines.mjs";
import { freshPath, makeDatabase } from "../support/scratch-database.ts";
import { type Cell, cells, insert } from "./cells.ts";

const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)";
const schema = `PRAGMA page_size = 512;
  CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT UNIQUE, b REAL, c, d INTEGER);
  CREATE INDEX two ON t(b DESC, c); CREATE INDEX folded ON t(a COLLATE NOCASE);
  CREATE TABLE part(a, b); CREATE INDEX some ON part(a) WHERE b > 3; CREATE INDEX sum ON part(a + b);
  CREATE TABLE w(a TEXT, b, PRIMARY KEY (a)) WITHOUT ROWID; CREATE INDEX w_b ON w(b);
  ${numbers} INSERT INTO t SELECT i, printf('name %d %.*c', i, i % 40, 'x'), CASE WHEN i % 3 = 0 THEN i ELSE i / 7.0 END, CASE i % 4 WHEN 0 THEN i WHEN 1 THEN i / 2.0 WHEN 2 THEN 'v' || i END, i * 9007199254 FROM n;
  INSERT INTO part SELECT id % 50, id % 9 FROM t; INSERT INTO w SELECT a, c FROM t;
  ALTER TABLE t ADD COLUMN e REAL DEFAULT 3; INSERT INTO t VALUES (1000, 'late', 1, x'00ff', 5, 2.5); CREATE INDEX late ON t(e, id)`;

function hasNul(cell: Cell): boolean {
  return cell !== null && typeof cell === "object" && "text" in cell && cell.text.includes(0);
}

function isHuge(cell: Cell): boolean {
  return (typeof cell === "bigint" || typeof cell === "number") && !(Math.abs(Number(cell)) < 2 ** 53);
}

function verdict(work: () => string[]): string {
  try {
    const { damage, stale } = foundIn(work());
    return damage.length > 0
      ? "damaged"
      : stale
          .map(({ remedy }) => remedy)
          .sort()
          .join("; ");
  } catch (thrown) {
    return `error ${(thrown as { code?: string }).code}`;
  }
}

/** Both, of one file. */
function verdicts(path: string): [string, string] {
  return [verdict(() => checkLargeFile({ path })), verdict(() => integrityLines({ path }))];
}

/** Changes what is in the table, while the index is not there to be told. */
function behind(index: string, change: string): (db: Database.Database) => void {
  return (db) => {
    db.exec(schema);
    db.unsafeMode(true);
    db.pragma("writable_schema = ON");
    const entry = db.prepare("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema WHERE name = ?").raw();
    const kept = entry.get(index) as unknown[];
    db.prepare("DELETE FROM sqlite_schema WHERE name = ?").run(index);
    db.pragma("writable_schema = RESET");
    db.exec(change);
    db.pragma("writable_schema = ON");
    db.prepare("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)").run(...kept);
  };
}

describe("a file's check", () => {
  it("finds nothing where nothing is wrong: numbers count by value, rows written before a column have its default", () => {
    expect(checkLargeFile({ path: makeDatabase(schema) })).toEqual(["ok"]);
  });

  it.each([
    ["a value", "two", "UPDATE t SET c = 'other' WHERE id = 77"],
    ["an integer for a REAL of another value", "two", "UPDATE t SET b = 4 WHERE id = 3"],
    ["a row", "folded", "INSERT INTO t VALUES (2000, 'more', 1, 1, 1, 1)"],
    ["a row less", "late", "DELETE FROM t WHERE id = 100"],
    ["a rowid", "folded", "UPDATE t SET id = 5000 WHERE id = 50"],
    ["the case of a letter", "folded", "UPDATE t SET a = upper(a) WHERE id = 8"],
    [
      "a value, under a condition",
      "some",
      "UPDATE part SET a = 99 WHERE rowid = (SELECT max(rowid) FROM part WHERE b > 3)",
    ],
    ["a value, by an expression", "sum", "UPDATE part SET a = 99 WHERE rowid = 5"],
    ["a value, without rowids", "w_b", "UPDATE w SET b = 'other' WHERE a LIKE 'name 7 %'"],
  ])("finds %s that an index does not have", (_, index, change) => {
    const [own, sqlite] = verdicts(makeDatabase(behind(index, change)));
    expect(own).toBe(`REINDEX "${index}"`);
    expect(own).toBe(sqlite);
  });

  it.each([
    ["descending", "index", "i", "CREATE INDEX i ON t(a DESC)"],
    ["of another collation", "index", "i", "CREATE INDEX i ON t(a COLLATE NOCASE)"],
    ["of its column's collation", "table", "t", "CREATE TABLE t(a TEXT COLLATE NOCASE, b)"],
    [
      "descending, of a key without rowid",
      "table",
      "w",
      "CREATE TABLE w(a TEXT, b, PRIMARY KEY(a DESC)) WITHOUT ROWID",
    ],
  ])("finds entries in another order than the index says: %s", (_, type, name, sql) => {
    const path = makeDatabase((db) => {
      db.exec(`CREATE TABLE t(a TEXT, b); CREATE INDEX i ON t(a); CREATE TABLE w(a TEXT, b, PRIMARY KEY(a)) WITHOUT ROWID;
        INSERT INTO t(a) VALUES ('AT'), ('Be'), ('ch'), ('DE'), ('es'); INSERT INTO w(a) SELECT a FROM t`);
      db.unsafeMode(true);
      db.pragma("writable_schema = ON");
      db.prepare("UPDATE sqlite_schema SET sql = ? WHERE type = ? AND name = ?").run(sql, type, name);
    });
    const [own, sqlite] = verdicts(path);
    expect(own).not.toBe("");
    expect(own).toBe(sqlite);
  });

  it("finds entries in another order on their page", () => {
    const path = makeDatabase(
      "PRAGMA page_size = 512; CREATE TABLE t(a); CREATE INDEX i ON t(a); INSERT INTO t VALUES (1), (2), (3)",
    );
    const bytes = readFileSync(path);
    // The pointers to the index's first two cells change places.
    const at = 2 * 512 + 8;
    const [one, other] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    bytes.writeUInt16BE(other, at);
    bytes.writeUInt16BE(one, at + 2);
    writeFileSync(path, bytes);
    const [own, sqlite] = verdicts(path);
    expect(own).toBe('REINDEX "i"');
    expect(own).toBe(sqlite);
  });

  it("knows the order of whatever an index may hold", () => {
    const row = fc.tuple(cells(false), cells(false), cells(false));
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 25 }), (rows) => {
        const path = makeDatabase((db) => {
          db.exec(
            `CREATE TABLE t(a, b REAL, c TEXT); CREATE INDEX one ON t(a, b DESC, c COLLATE NOCASE); CREATE INDEX two ON t(c COLLATE RTRIM DESC, a);
             CREATE INDEX three ON t(a COLLATE NOCASE DESC)`,
          );
          for (const values of rows) insert(db, "t", values);
        });
        const db = openSqlite(path);
        const file = openPageFile(path);
        const table = readCatalog(db).tables[0];
        // A NUL in a text is left to SQLite where case is folded, and so are alike numbers beyond 2^53.
        const simple = rows.flat().every((cell) => !hasNul(cell) && !isHuge(cell));
        const agree = table === undefined ? null : indexesAgree(db, file, table);
        if (simple) expect(agree).toBe(true);
        else expect(agree).not.toBeNull();
        file.close();
        db.close();
      }),
      { numRuns: 200 },
    );
  });

  it("has SQLite's verdict on any flipped bit", () => {
    const whole = readFileSync(makeDatabase(schema));
    let seed = 20261201;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const path = freshPath();
    const counts = { wrong: 0, fine: 0 };
    for (let i = 0; i < 700; i++) {
      const bytes = Buffer.from(whole);
      const at = 1024 + random(bytes.length - 1024);
      bytes[at] = (bytes[at] as number) ^ (1 << random(8));
      writeFileSync(path, bytes);
      const [own, sqlite] = verdicts(path);
      expect(own, `byte ${at}`).toBe(sqlite);
      if (sqlite === "") counts.fine++;
      else counts.wrong++;
    }
    expect(Math.min(counts.wrong, counts.fine)).toBeGreaterThan(100);
  }, 60_000);
});
