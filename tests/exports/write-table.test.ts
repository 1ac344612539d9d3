import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import type { Reading } from "../../src/exports/reading.ts";
import { tableBlocks } from "../../src/exports/write-table.ts";

let db: Database.Database | null = null;
afterEach(() => db?.close());

function fileOf(rows: readonly (readonly unknown[])[]): Database.Database {
  db = new Database(":memory:");
  db.defaultSafeIntegers(true);
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c)");
  for (const row of rows) db.prepare("INSERT INTO t VALUES (?, ?, ?, ?)").run(...row);
  return db;
}

const reading: Reading = {
  table: "t",
  columns: ["id", "a", "b", "c"].map((name) => ({ name, type: "", style: "plain" })),
  rowid: null,
  order: "id",
  where: null,
  rows: 3,
};

describe("a table as NDJSON", () => {
  it("is the same with large values as without, and each row is counted once", () => {
    const large = Buffer.alloc(3_000_001, "x");
    const text = "é😀".repeat(500_000);
    const blocks = [
      ...tableBlocks(
        fileOf([
          [1n, "one", large, "after"],
          [2n, "two", null, 2.5],
          [3n, text, large, text],
        ]),
        reading,
        "UTF-8",
      ),
    ];
    expect(blocks.reduce((sum, { rows }) => sum + rows, 0)).toBe(3);
    expect(Math.max(...blocks.map(({ block }) => block.length))).toBeLessThan(4 << 20);
    const lines = Buffer.concat(blocks.map(({ block }) => block))
      .toString()
      .split("\n");
    const bytes = { $bytes: large.toString("base64") };
    expect(lines.map((line) => (line === "" ? null : JSON.parse(line)))).toEqual([
      { id: 1, a: "one", b: bytes, c: "after" },
      { id: 2, a: "two", b: null, c: 2.5 },
      { id: 3, a: text, b: bytes, c: text },
      null,
    ]);
  });

  it("holds no row that could not be read back", () => {
    const rows = [
      [1n, "one", "x".repeat(900_000), null],
      [2n, "two", "x".repeat(600_000), Buffer.alloc(400_000)],
    ];
    const write = (longest: number): unknown[] => [...tableBlocks(fileOf(rows), reading, "UTF-8", longest)];
    expect(write(2_000_000).length).toBeGreaterThan(1);
    expect(() => write(1_000_000)).toThrow(
      't cannot be exported: row 2 (id 2, a "two", b "' +
        `${"x".repeat(59)}) takes more than 1000000 bytes as JSON, and no line of an export may be longer.`,
    );
  });
});
