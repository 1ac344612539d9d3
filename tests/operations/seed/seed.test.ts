import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSeed, insertSeed, type SeedTarget } from "../../../src/operations/seed/seed.ts";
import { type SeedCell, seedCell, splitMembers } from "../../../src/operations/seed/seed-cells.ts";
import { exportFolder } from "../export-fixture.ts";
import { freshPath } from "../files.ts";

const signal = new AbortController().signal;

function recording() {
  const calls: unknown[] = [];
  const target: SeedTarget = {
    async execute(sql) {
      calls.push(sql);
    },
    async insert(table, columns, rows) {
      calls.push([table, columns, rows]);
    },
    async filled(table) {
      calls.push(`filled ${table}`);
    },
  };
  return { calls, target };
}

test("a .sql file is executed as it is", async () => {
  const path = freshPath("seed.sql");
  const sql = "INSERT INTO t VALUES ('COPY x FROM stdin');\nSELECT '\\d';";
  writeFileSync(path, sql);
  const { calls, target } = recording();
  expect(await insertSeed(path, target, signal)).toBe(`${path} was executed`);
  expect(calls).toEqual([sql]);
  checkSeed(path);
});

test.each(["-- x\n\\connect other\n", "SELECT 1;\nCOPY t (a) FROM stdin;\n1\n\\.\n"])(
  "what only psql understands is refused before anything is loaded: %j",
  async (sql) => {
    const path = freshPath("seed.sql");
    writeFileSync(path, sql);
    expect(() => checkSeed(path)).toThrow(expect.objectContaining({ code: "SEED_FAILED" }));
    await expect(insertSeed(path, recording().target, signal)).rejects.toThrow("line 2 is for psql");
  },
);

test.each(["INSERT INTO t VALUES (1);\nCOMMIT;\nSELEC 1;", "-- dump\nBEGIN TRANSACTION;\nCOMMIT;", "\n  rollback ;"])(
  "what would end the transaction around it is refused: %j",
  async (sql) => {
    const path = freshPath("seed.sql");
    writeFileSync(path, sql);
    expect(() => checkSeed(path)).toThrow("line 2 begins or ends a transaction");
    const { calls, target } = recording();
    await expect(insertSeed(path, target, signal)).rejects.toThrow("leave such lines out");
    expect(calls).toEqual([]);
  },
);

test("a procedure may commit in its body", async () => {
  const path = freshPath("seed.sql");
  writeFileSync(path, "CREATE PROCEDURE p() LANGUAGE plpgsql AS $x$\nBEGIN\nCOMMIT;\nEND;\n$x$;");
  checkSeed(path);
});

describe("an export", () => {
  const lines = [
    '{"id":1,"real":1.50,"text":"a\\u0000\\"},{\\"","bytes":{"$bytes":"AP8="},"json":{"a":[1.10,{"b":2}]}}',
    '{"id":9223372036854775807,"real":{"$real":"-Infinity"},"text":"{\\"$bytes\\":1}","bytes":null,"json":{"$json":"{ }"}}',
    '{"id":-3,"text":"é"}',
  ];
  const expected: SeedCell[][] = [
    [1n, "1.50", 'a\0"},{"', Buffer.from([0, 255]), '{"a":[1.10,{"b":2}]}'],
    [9223372036854775807n, "-Infinity", '{"$bytes":1}', null, "{ }"],
    [-3n, null, "é", null, null],
  ];
  const columns = ["id", "real", "text", "bytes", "json"];

  test.each([false, true])("is put in row by row, digits and all (gzip: %s)", async (gzip) => {
    const folder = exportFolder([{ table: "t", columns, lines }], gzip);
    const { calls, target } = recording();
    checkSeed(folder);
    expect(await insertSeed(folder, target, signal)).toBe(`3 rows of 1 table were put in from ${folder}`);
    expect(calls).toEqual([["t", columns, expected], "filled t"]);
  });

  test("many rows come in parts, over the ends of what is read at once", async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `{"id":${i},"text":"${"x".repeat(100)}"}`);
    const folder = exportFolder([{ table: "t", columns: ["id"], lines: many }], false);
    const ids: SeedCell[] = [];
    let parts = 0;
    const target: SeedTarget = {
      ...recording().target,
      async insert(_, __, rows) {
        parts += 1;
        expect(rows.length).toBeLessThanOrEqual(500);
        ids.push(...rows.map(([id]) => id ?? null));
      },
    };
    await insertSeed(folder, target, signal);
    expect(ids).toEqual(many.map((_, i) => BigInt(i)));
    expect(parts).toBeGreaterThan(5);
  });

  test("columns that the database computes are left to it", async () => {
    const folder = exportFolder([{ table: "t", columns: ["id", "twice"], lines: ['{"id":1,"twice":2}'] }], false);
    const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Record<string, unknown>;
    const generated = { kind: "virtual", expression: "id * 2" };
    const own = [
      { name: "id", generated: null },
      { name: "twice", generated },
    ];
    manifest.catalog = { tables: [{ name: "t", columns: own }] };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
    const { calls, target } = recording();
    await insertSeed(folder, target, signal);
    expect(calls[0]).toEqual(["t", ["id"], [[1n]]]);
  });

  test("that was changed, or cannot be put in, fails", async () => {
    const folder = exportFolder([{ table: "t", columns, lines }], false);
    const refusing: SeedTarget = {
      ...recording().target,
      insert: () => Promise.reject(new Error("duplicate key")),
    };
    await expect(insertSeed(folder, refusing, signal)).rejects.toMatchObject({
      code: "SEED_FAILED",
      message: `The seed ${folder} could not be put in: duplicate key`,
      exit: 3,
    });
    writeFileSync(join(folder, "t.ndjson"), `${lines.join("\n").replace("-3", "-4")}\n`);
    await expect(insertSeed(folder, recording().target, signal)).rejects.toThrow("SHA-256 is not the manifest's");
  });

  test("what is no export is refused", () => {
    expect(() => checkSeed(dirname(freshPath("x")))).toThrow("it has no manifest.json");
    expect(() => checkSeed(freshPath("gone.sql"))).toThrow("it is not there");
    const folder = freshPath("export");
    mkdirSync(folder);
    const digest = createHash("sha256").digest("hex");
    const table = { table: "t", file: "../t.ndjson", rows: 0, bytes: 0, sha256: digest, columns: [] };
    const manifest = { format: "rowhaul-export", version: 1, createdAt: "2030-01-01T00:00:00Z", tables: [table] };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
    expect(() => checkSeed(folder)).toThrow("leaves the folder");
    writeFileSync(join(folder, "t.ndjson.gz"), gzipSync(""));
  });
});

test("the members of any object are found, with their texts", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1), (object, indent) => {
      const line = JSON.stringify(object, null, indent).replaceAll("\n", " ");
      const found = splitMembers(line).map(([key, text]) => [key, JSON.parse(text) as unknown]);
      expect(found).toEqual(Object.entries(JSON.parse(line) as Record<string, unknown>));
    }),
  );
});

test("cells keep their digits and what they are", () => {
  expect(seedCell("1.10")).toBe("1.10");
  expect(seedCell("-0.0")).toBe("-0.0");
  expect(seedCell("12345678901234567890")).toBe(12345678901234567890n);
  expect(seedCell("true")).toBe("true");
  expect(seedCell('[1, "a"]')).toBe('[1, "a"]');
  expect(seedCell('{"$ref":"x"}')).toBe('{"$ref":"x"}');
  expect(seedCell("{}")).toBe("{}");
  expect(() => seedCell('{"$text":"ff"}')).toThrow("not valid UTF-8");
});
