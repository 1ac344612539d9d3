import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { affinityOf } from "../../../src/core/schema/affinity.ts";

const types = ["INT", "bigint", "CHARINT", "varchar(9)", "CLOB", "Text", "BLOB", "", "REAL", "double precision"];
const more = ["FLOAT", "FLOATING POINT", "NUMERIC", "DECIMAL(9,2)", "BOOLEAN", "DATE", "ANY", "ınteger", "STRıNG"];

/** What is stored of these tells the affinities apart. */
const given = ["'1'", "1", "1.5", "1.0", "'x'", "x'31'"];
const stored = new Map([
  ["text,text,text,text,text,blob", "TEXT"],
  ["text,integer,real,real,text,blob", "BLOB"],
  ["real,real,real,real,text,blob", "REAL"],
  // INTEGER and NUMERIC store alike.
  ["integer,integer,real,integer,text,blob", "NUMERIC"],
]);

test.each([...types, ...more])("%j is what SQLite makes of it", (type) => {
  const db = new Database(":memory:");
  db.exec(`CREATE TABLE t (v ${type === "" ? "" : type}); INSERT INTO t VALUES ${given.map((one) => `(${one})`)}`);
  const classes = db.prepare("SELECT typeof(v) FROM t").pluck().all().join();
  const affinity = affinityOf(type);
  expect(affinity === "INTEGER" ? "NUMERIC" : affinity).toBe(stored.get(classes));
  db.close();
});

test("ANY of a STRICT table keeps every value", () => {
  expect([affinityOf("any", true), affinityOf("ANY"), affinityOf("INT", true)]).toEqual(["BLOB", "NUMERIC", "INTEGER"]);
});
