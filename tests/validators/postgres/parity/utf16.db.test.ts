/** Databases in UTF-16: the same values arrive, and what is no valid UTF-16 is seen. */
import type Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { parity } from "../../../../src/validators/postgres/parity/parity.ts";
import { useDatabase } from "../../../support/database.ts";
import { addToLedger, fillTarget, integer, integerKey, prepare, tablePlan, text } from "../../fixture.ts";

const database = useDatabase();

describe.each(["UTF-16le", "UTF-16be"])("%s", (encoding) => {
  const bigEndian = encoding === "UTF-16be";
  const units = (...codes: number[]): Buffer => {
    const bytes = Buffer.from(Uint16Array.from(codes).buffer);
    return bigEndian ? bytes.swap16() : bytes;
  };
  const fill = (db: Database.Database): void => {
    db.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE t(id INTEGER PRIMARY KEY, v, n, j, b)`);
    const insert = db.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)");
    insert.run(1, "É😀", 0.1, '{"é": 1e2}', "ü");
    insert.run(2, "", 5, null, "");
    insert.run(3, "\ufeffbom", null, "[]", "€".repeat(3000));
    insert.run(4, "x".repeat(5000), -1.5, '"😀"', null);
  };
  const target = `CREATE TABLE t(id bigint PRIMARY KEY, v text, n numeric, j jsonb, b bytea);
    INSERT INTO t VALUES (1, 'É😀', 0.1, '{"é": 100}', convert_to('ü', 'UTF8')), (2, '', 5.0, NULL, ''),
      (3, U&'\\FEFFbom', NULL, '[]', convert_to(repeat('€', 3000), 'UTF8')), (4, repeat('x', 5000), -1.5, '"😀"', NULL)`;
  const table = tablePlan("t", integerKey, {
    id: integer,
    v: text,
    n: { kind: "numeric" },
    j: { kind: "json" },
    b: { kind: "text-bytes" },
  });

  test("arrives", async () => {
    expect((await parity(await prepare(database.pool, { source: fill, target, tables: [table] }))).findings).toEqual(
      [],
    );
  });

  test("dates written in several ways", async () => {
    const input = await prepare(database.pool, {
      source: (db) => {
        db.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE t(id INTEGER PRIMARY KEY, d)`);
        db.exec("INSERT INTO t VALUES (1, '2024-01-02T03:04:05.5Z'), (2, '2024-01-02 03:04:05+00:00')");
        db.exec("INSERT INTO t VALUES (3, '2024-01-02 03:04:05Z' || char(0))");
      },
      target: `CREATE TABLE t(id bigint PRIMARY KEY, d timestamptz);
        INSERT INTO t SELECT n, '2024-01-02 03:04:05+00'::timestamptz + (n = 1)::int * interval '500 ms' FROM generate_series(1, 3) n`,
      tables: [
        tablePlan("t", integerKey, {
          id: integer,
          d: { kind: "timestamptz", layout: "YYYY-MM-DD( |T)HH:MM:SS[.ffffff](Z|+00:00)" },
        }),
      ],
    });
    expect((await parity(input)).findings).toMatchObject([{ key: "id=3", column: "d" }]);
  });

  test("numbers among texts, tagged and rendered", async () => {
    const input = await prepare(database.pool, {
      source: (db) => {
        db.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE t(id INTEGER PRIMARY KEY, g, r NUMERIC)`);
        db.exec("INSERT INTO t VALUES (1, 12, 345), (2, -0.5, 1.25), (3, 'é', 'é')");
      },
      target: `CREATE TABLE t(id bigint PRIMARY KEY, g jsonb, r text);
        INSERT INTO t VALUES (1, '{"t": "integer", "v": "12"}', '345'), (2, '{"t": "real", "v": "-0.5"}', '1.25'),
          (3, '{"t": "text", "v": "é"}', 'é')`,
      tables: [tablePlan("t", integerKey, { id: integer, g: { kind: "tagged" }, r: { kind: "rendered" } })],
    });
    expect((await parity(input)).findings).toEqual([]);
  });

  test("by text key, and differing", async () => {
    const keyed = tablePlan("t", { kind: "other", columns: ["v"] }, { id: integer, v: text });
    const input = await prepare(database.pool, { source: fill, target, tables: [keyed] });
    expect((await parity(input)).findings).toEqual([]);
    await fillTarget(database.pool, "UPDATE t SET id = 10 WHERE id = 1");
    expect((await parity(input)).findings).toMatchObject([{ key: 'v="É😀"', column: "id", target: "10" }]);
  });

  test("a lone surrogate never arrives as it is, and can be replaced by rule", async () => {
    const rule = { code: "INVALID_TEXT", when: { kind: "invalid-encoding" }, then: "replace" } as const;
    const input = await prepare(database.pool, {
      source: (db) => {
        db.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE t(id INTEGER PRIMARY KEY, v)`);
        db.prepare("INSERT INTO t VALUES (1, CAST(? AS TEXT))").run(units(0x61, 0xd800, 0x62));
      },
      target: "CREATE TABLE t(id bigint PRIMARY KEY, v text); INSERT INTO t VALUES (1, U&'a\\FFFDb')",
      tables: [tablePlan("t", integerKey, { id: integer, v: { encoding: text, rules: [rule] } })],
    });
    expect((await parity(input)).findings).toMatchObject([{ key: "id=1", column: "v" }]);
    await addToLedger(database.pool, {
      table: "t",
      key: "id=1",
      column: "v",
      before: 'text "a\ufffdb"',
      after: "a\ufffdb",
      rule: "INVALID_TEXT:replace",
    });
    expect((await parity(input)).findings).toEqual([]);
  });
});
