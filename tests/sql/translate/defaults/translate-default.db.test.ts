/** A translated default must give a new row what SQLite's would. */
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { Affinity } from "../../../../src/core/schema/catalog.ts";
import type { Encoding } from "../../../../src/core/values/encoding.ts";
import { translateDefault } from "../../../../src/sql/translate/defaults/translate-default.ts";
import { useDatabase } from "../../../support/database.ts";

const database = useDatabase();
const bigint: Encoding = { kind: "integer", width: 8, wide: true };

describe("defaults", () => {
  it.each<[string, string, string, Affinity, Encoding]>([
    ["'42'", "INTEGER", "bigint", "INTEGER", bigint],
    ["-9223372036854775808", "INTEGER", "bigint", "INTEGER", bigint],
    ["0xFF", "INTEGER", "bigint", "INTEGER", bigint],
    ["(7 / 2 + 1)", "INTEGER", "bigint", "INTEGER", bigint],
    ["'9223372036854775807'", "DECIMAL", "numeric", "NUMERIC", { kind: "numeric" }],
    ["(9223372036854775806 + 1)", "INTEGER", "bigint", "INTEGER", bigint],
    ["-0.0", "REAL", "double precision", "REAL", { kind: "real" }],
    ["1.0", "TEXT", "text", "TEXT", { kind: "text" }],
    ["12", "TEXT", "text", "TEXT", { kind: "text" }],
    ["'a''b\\c'", "TEXT", "text", "TEXT", { kind: "text" }],
    ["('a' || 'b')", "TEXT", "text", "TEXT", { kind: "text" }],
    ["CURRENT_DATE", "TEXT", "text", "TEXT", { kind: "text" }],
    ["(strftime('%Y/%m/%d at', 'now'))", "TEXT", "text", "TEXT", { kind: "text" }],
    ["CURRENT_DATE", "DATE", "date", "NUMERIC", { kind: "date", layout: "YYYY-MM-DD" }],
    ["'2020-02-29 10:00'", "DATETIME", "timestamp", "NUMERIC", { kind: "timestamp", layout: "YYYY-MM-DD HH:MM" }],
  ])("%s of %s", async (text, type, pgType, affinity, encoding) => {
    const sqlite = new Database(":memory:");
    sqlite.exec(`CREATE TABLE x (id INTEGER PRIMARY KEY, v ${type} DEFAULT ${text}); INSERT INTO x (id) VALUES (1)`);
    const expected = sqlite.prepare("SELECT v FROM x").pluck().safeIntegers().get();
    sqlite.close();
    expect(await stored(text, pgType, affinity, encoding)).toBe(String(expected).replace(/^(\S+ \d\d:\d\d)$/, "$1:00"));
  });

  it("makes random values of the same shape", async () => {
    expect(await stored("(lower(hex(randomblob(16))))", "text", "TEXT", { kind: "text" })).toMatch(/^[0-9a-f]{32}$/);
    expect(await stored("(random())", "bigint", "INTEGER", bigint)).toMatch(/^-?\d{10,}$/);
    expect(await stored("(abs(random()))", "bigint", "INTEGER", bigint)).toMatch(/^\d{10,}$/);
    for (const size of [1, 6, 7, 32, 33, 100])
      expect(await stored(`(hex(randomblob(${size})))`, "text", "TEXT", { kind: "text" })).toMatch(
        new RegExp(`^[0-9A-F]{${2 * size}}$`),
      );
    expect(await stored("(randomblob(20))", "bytea", "BLOB", { kind: "bytes" })).toMatch(/^\\x[0-9a-f]{40}$/);
  });

  it("makes the uuid that SQLite's documentation is quoted for", async () => {
    const hex = (bytes: number) => `lower(hex(randomblob(${bytes})))`;
    const variant = "substr('89ab', abs(random()) % 4 + 1, 1)";
    const uuid = `(${hex(4)} || '-' || ${hex(2)} || '-4' || substr(${hex(2)}, 2) || '-' || ${variant} || substr(${hex(2)}, 2) || '-' || ${hex(6)})`;
    expect(await stored(uuid, "text", "TEXT", { kind: "text" })).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it("takes the current time in UTC, to the second", async () => {
    const layout = "YYYY-MM-DD HH:MM:SS";
    const made = await stored("CURRENT_TIMESTAMP", "timestamp", "NUMERIC", { kind: "timestamp", layout });
    expect(made).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(Math.abs(Date.parse(`${made}Z`) - Date.now())).toBeLessThan(60_000);
    const seconds = await stored("(unixepoch())", "bigint", "INTEGER", bigint);
    expect(Math.abs(Number(seconds) * 1000 - Date.now())).toBeLessThan(60_000);
  });
});

async function stored(text: string, pgType: string, affinity: Affinity, encoding: Encoding): Promise<string> {
  const made = translateDefault(text, { pgType, affinity, encoding });
  if (!made.ok) throw new Error(made.reason);
  await database.pool.query(`CREATE TABLE x (id int, v ${pgType} DEFAULT ${made.sql}); INSERT INTO x (id) VALUES (1)`);
  const { rows } = await database.pool.query("SELECT v::text FROM x");
  await database.pool.query("DROP TABLE x");
  return rows[0].v;
}
