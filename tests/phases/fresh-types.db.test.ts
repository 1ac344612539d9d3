/**
 * Types that an application can use, in a database that was empty: dates written in several ways, mixed columns,
 * defaults that say "now", and types that the pipeline file sets. Judged by PostgreSQL's own text.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { plainTable } from "../../src/core/settings.ts";
import { copySettings, type Plan, RowhaulError, run, type Settings } from "../../src/index.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rowhaul-fresh-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.pool.query("DROP SCHEMA IF EXISTS fresh CASCADE; DROP SCHEMA IF EXISTS rowhaul CASCADE");
});

type Answers = Partial<Pick<Settings, "accept" | "tables" | "interpret" | "acceptAll">>;
type Moved = { readonly plan: Plan | null; readonly error: RowhaulError | null };

async function move(sql: string, answers: Answers = {}): Promise<Moved> {
  const source = join(folder, "s.db");
  rmSync(source, { force: true });
  const db = new Database(source);
  db.exec(sql);
  db.close();
  const plain = copySettings(source, database.url, { folder: join(folder, "state"), schema: "fresh" });
  try {
    const { plan } = await run({ ...plain, ...answers });
    return { plan, error: null };
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError)) throw thrown;
    return { plan: null, error: thrown };
  }
}

async function rows(sql: string): Promise<(string | null)[][]> {
  const client = await database.pool.connect();
  try {
    await client.query("SET TimeZone = 'UTC'; SET search_path = fresh");
    const { rows: found } = await client.query({ text: sql, rowMode: "array" });
    return found.map((row: unknown[]) => row.map((value) => (value === null ? null : String(value))));
  } finally {
    await client.query("RESET ALL");
    client.release();
  }
}

const typeOf = async (table: string, column: string): Promise<string | null | undefined> =>
  (
    await rows(
      `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'fresh.${table}'::regclass AND attname = '${column}'`,
    )
  )[0]?.[0];

const accept = (code: Settings["accept"][number]["code"], at: string, policy: string): Answers => ({
  accept: [{ code, at, policy, why: null }],
});

describe("dates written in several ways", () => {
  test.each<[string, string[], string, string[]]>([
    [
      "fractions of any length",
      ["2024-01-05 10:20:30", "2024-01-05 10:20:30.5", "2024-01-05 10:20:30.25", "2024-01-05 10:20:30.123456"],
      "timestamp without time zone",
      ["2024-01-05 10:20:30", "2024-01-05 10:20:30.5", "2024-01-05 10:20:30.25", "2024-01-05 10:20:30.123456"],
    ],
    [
      "T and a space",
      ["2024-01-05T10:20:30", "2024-01-05 10:20:30"],
      "timestamp without time zone",
      ["2024-01-05 10:20:30", "2024-01-05 10:20:30"],
    ],
    [
      "Z and +00:00",
      ["2024-01-05T10:20:30Z", "2024-01-05 10:20:30.5+00:00"],
      "timestamp with time zone",
      ["2024-01-05 10:20:30+00", "2024-01-05 10:20:30.5+00"],
    ],
    [
      "one offset, with and without a fraction",
      ["2024-01-05T10:20:30+02:00", "2024-01-05T10:20:30.000001+02:00"],
      "timestamp with time zone",
      ["2024-01-05 08:20:30+00", "2024-01-05 08:20:30.000001+00"],
    ],
    // Texts that are in no common layout stay what they are.
    ["a day among moments", ["2024-01-05", "2024-01-05 10:20:30"], "text", ["2024-01-05", "2024-01-05 10:20:30"]],
    [
      "two offsets",
      ["2024-01-05 10:20:30Z", "2024-01-05 10:20:30+02:00"],
      "text",
      ["2024-01-05 10:20:30Z", "2024-01-05 10:20:30+02:00"],
    ],
  ])("%s", async (_, texts, type, arrived) => {
    const values = texts.map((text, i) => `(${i}, '${text}')`).join(", ");
    const { plan, error } = await move(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, d DATETIME); INSERT INTO t VALUES ${values}`,
    );
    expect(error).toBeNull();
    expect(await typeOf("t", "d")).toBe(type);
    expect(await rows("SELECT d::text FROM t ORDER BY id")).toEqual(arrived.map((text) => [text]));
    const reason = plan?.tables[0]?.columns[1]?.reason ?? "";
    if (type === "text") return;
    expect(reason).toContain("how it was written is not kept");
    expect(plan?.notes.filter(({ code }) => code === "SPELLING_NOT_KEPT").map(({ at }) => at)).toEqual(["t.d"]);
  });

  test("random texts of one kind become the instants that PostgreSQL reads in them", async () => {
    const moment = fc.record({
      at: fc.date({ min: new Date("0001-01-02"), max: new Date("9999-12-30"), noInvalidDate: true }),
      separator: fc.constantFrom(" ", "T"),
      fraction: fc.oneof(fc.constant(""), fc.stringMatching(/^[0-9]{1,6}$/)),
      zone: fc.constantFrom("Z", "+00:00"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 2, maxLength: 12 }), fc.boolean(), async (moments, zoned) => {
        const texts = moments.map(({ at, separator, fraction, zone }) => {
          const [day = "", clock = ""] = at.toISOString().slice(0, 19).split("T");
          return `${day}${separator}${clock}${fraction === "" ? "" : `.${fraction}`}${zoned ? zone : ""}`;
        });
        const values = texts.map((text, i) => `(${i}, '${text}')`).join(", ");
        const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, d TIMESTAMP); INSERT INTO t VALUES ${values}`;
        expect((await move(sql)).error).toBeNull();
        const type = zoned ? "timestamp with time zone" : "timestamp without time zone";
        expect(await typeOf("t", "d")).toBe(type);
        const read = texts.map((text) => `('${text}'::${type})`).join(", ");
        expect(await rows("SELECT d::text FROM t ORDER BY id")).toEqual(
          await rows(`SELECT d::text FROM (VALUES ${read}) v (d)`),
        );
        await database.pool.query("DROP SCHEMA fresh CASCADE");
        rmSync(join(folder, "state"), { recursive: true, force: true });
      }),
      { numRuns: 8 },
    );
  });

  test("in keys stay text where two of them would be one instant", async () => {
    const same = "('2024-01-05 10:20:30'), ('2024-01-05T10:20:30')";
    const { error, plan } = await move(
      `CREATE TABLE one (d DATETIME PRIMARY KEY); INSERT INTO one VALUES ${same};
       CREATE TABLE two (d DATETIME); CREATE UNIQUE INDEX u ON two (d); INSERT INTO two VALUES ${same};
       CREATE TABLE apart (d DATETIME UNIQUE); INSERT INTO apart VALUES ('2024-01-05 10:20:30'), ('2024-01-05T10:20:31')`,
    );
    expect(error).toBeNull();
    expect([await typeOf("one", "d"), await typeOf("two", "d")]).toEqual(["text", "text"]);
    expect(await typeOf("apart", "d")).toBe("timestamp without time zone");
    expect(plan?.tables[0]?.columns[0]?.reason).toBe(
      "declared DATETIME, but it is in a key, and '2024-01-05 10:20:30' and '2024-01-05T10:20:30' would be one instant",
    );
  });

  test("at both ends of a foreign key are decided alike", async () => {
    // The child's own texts are apart; with its parent's they are not.
    const together = await move(
      `CREATE TABLE p (d DATETIME PRIMARY KEY); INSERT INTO p VALUES ('2024-01-05 10:20:30'), ('2024-01-06 10:20:30.5');
       CREATE TABLE c (d DATETIME REFERENCES p); INSERT INTO c VALUES ('2024-01-06 10:20:30.5'), (NULL)`,
    );
    expect(together.error).toBeNull();
    expect([await typeOf("p", "d"), await typeOf("c", "d")]).toEqual(Array(2).fill("timestamp without time zone"));
    await database.pool.query("DROP SCHEMA fresh CASCADE");
    rmSync(join(folder, "state"), { recursive: true, force: true });
    const orphan = await move(
      `CREATE TABLE p (d DATETIME PRIMARY KEY); INSERT INTO p VALUES ('2024-01-05 10:20:30');
       CREATE TABLE c (d DATETIME REFERENCES p); PRAGMA foreign_keys = 0; INSERT INTO c VALUES ('2024-01-05T10:20:30')`,
      accept("ORPHAN_ROWS", "c.d", "not-valid"),
    );
    expect(orphan.error).toBeNull();
    expect([await typeOf("p", "d"), await typeOf("c", "d")]).toEqual(["text", "text"]);
    await database.pool.query("DROP SCHEMA fresh CASCADE");
    rmSync(join(folder, "state"), { recursive: true, force: true });
    // The parent is declared TEXT: a timestamp could not point to it.
    const other = await move(
      `CREATE TABLE p (d TEXT PRIMARY KEY); INSERT INTO p VALUES ('2024-01-05 10:20:30');
       CREATE TABLE c (d DATETIME REFERENCES p); INSERT INTO c VALUES ('2024-01-05 10:20:30')`,
    );
    expect(other.error).toBeNull();
    expect([await typeOf("p", "d"), await typeOf("c", "d")]).toEqual(["text", "text"]);
    expect(
      await rows("SELECT count(*) FROM pg_constraint WHERE conrelid = 'fresh.c'::regclass AND contype = 'f'"),
    ).toEqual([["1"]]);
  });

  test.each([
    ["text", "text", ["2024-01-05 10:00:00.5", "2024-01-05 23:59:59.9999995", "2024-01-05 10:00:00.1234564"]],
    [
      "round",
      "timestamp without time zone",
      ["2024-01-05 10:00:00.5", "2024-01-06 00:00:00", "2024-01-05 10:00:00.123456"],
    ],
    [
      "truncate",
      "timestamp without time zone",
      ["2024-01-05 10:00:00.5", "2024-01-05 23:59:59.999999", "2024-01-05 10:00:00.123456"],
    ],
    ["null", "timestamp without time zone", ["2024-01-05 10:00:00.5", null, null]],
    ["quarantine", "timestamp without time zone", ["2024-01-05 10:00:00.5"]],
  ])("more than six digits are asked for: %s", async (policy, type, arrived) => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, d DATETIME);
      INSERT INTO t VALUES (1, '2024-01-05 10:00:00.5'), (2, '2024-01-05 23:59:59.9999995'), (3, '2024-01-05 10:00:00.1234564')`;
    const { error } = await move(sql);
    expect(error?.code).toBe("HAZARDS_NOT_ACCEPTED");
    expect(error?.paste).toEqual([
      "accept:",
      '  - { code: TIME_DIGITS, column: t.d, policy: text }  # or round, truncate, "null", quarantine',
    ]);
    expect((await move(sql, accept("TIME_DIGITS", "t.d", policy))).error).toBeNull();
    expect(await typeOf("t", "d")).toBe(type);
    expect((await rows("SELECT d::text FROM t ORDER BY id")).flat()).toEqual(arrived);
    const changed = { text: 0, round: 2, truncate: 2, null: 2, quarantine: 0 }[policy];
    expect(await rows("SELECT count(*) FROM rowhaul.ledger WHERE rule LIKE 'TIME_DIGITS%'")).toEqual([
      [String(changed)],
    ]);
  });

  test("more digits than the type that the pipeline file sets go into it by an answer", async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, d TEXT); INSERT INTO t VALUES (1, '2024-01-05T10:00:00.1234567Z')`;
    const tables = { t: { ...plainTable, columns: { d: { type: "timestamptz" as const, epoch: null } } } };
    expect((await move(sql, { tables, ...accept("TIME_DIGITS", "t.d", "truncate") })).error).toBeNull();
    expect(await rows("SELECT d::text FROM t")).toEqual([["2024-01-05 10:00:00.123456+00"]]);
  });

  test("with and without a zone are asked for", async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, d DATETIME NOT NULL);
      INSERT INTO t VALUES (1, '2024-01-05 10:00:00Z'), (2, '2024-01-05 10:00:00.5Z'), (3, '2024-01-05 10:00:00')`;
    const { error } = await move(sql);
    expect(error?.paste).toEqual([
      "accept:",
      "  - { code: MIXED_DATES, column: t.d, policy: widen }  # or convert, quarantine",
    ]);
    expect((await move(sql, accept("MIXED_DATES", "t.d", "convert"))).error).toBeNull();
    expect((await rows("SELECT d::text FROM t ORDER BY id")).flat()).toEqual([
      "2024-01-05 10:00:00+00",
      "2024-01-05 10:00:00.5+00",
      "2024-01-05 10:00:00+00",
    ]);
  });
});

describe("an envelope", () => {
  const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, x'c3a4'), (3, 'c')`;

  test("is never made unless it is asked for", async () => {
    const { error } = await move(sql);
    expect(error?.code).toBe("HAZARDS_NOT_ACCEPTED");
    expect(error?.paste).toEqual([
      "accept:",
      '  - { code: MIXED_CLASSES, column: t.v, policy: envelope }  # or quarantine, reinterpret, "null"',
    ]);
    expect(error?.details).toEqual([
      "MIXED_CLASSES t.v: 1 value of class blob in a column for text",
      "    id=2: blob x'c3a4'",
    ]);
  });

  test.each<[string, (string | null)[]]>([
    ["envelope", ['{"t": "text", "v": "a"}', '{"t": "blob", "v": "c3a4"}', '{"t": "text", "v": "c"}']],
    ["reinterpret", ["a", "ä", "c"]],
    ["null", ["a", null, "c"]],
    ["quarantine", ["a", "c"]],
  ])("%s", async (policy, arrived) => {
    expect((await move(sql, accept("MIXED_CLASSES", "t.v", policy))).error).toBeNull();
    expect((await rows("SELECT v::text FROM t ORDER BY id")).flat()).toEqual(arrived);
  });

  test("loses nothing with --accept-all", async () => {
    expect((await move(sql, { acceptAll: true })).error).toBeNull();
    expect(await typeOf("t", "v")).toBe("jsonb");
  });

  test.each<[string, string, string]>([
    ["bytes that are no text", "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a'), (x'ff')", 'quarantine, "null"'],
    ["bytes with a NUL", "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a'), (x'6100')", 'quarantine, "null"'],
    ["no NULL", "CREATE TABLE t (v TEXT NOT NULL); INSERT INTO t VALUES ('a'), (x'61')", "quarantine, reinterpret"],
    [
      "texts among bytes",
      "CREATE TABLE t (v BLOB); INSERT INTO t VALUES ('a'), (x'ff')",
      'quarantine, reinterpret, "null"',
    ],
    ["numbers", "CREATE TABLE t (v); INSERT INTO t VALUES ('a'), ('b'), (5)", 'quarantine, "null"'],
  ])("offers only what can be done: %s", async (_, source, others) => {
    expect((await move(source)).error?.paste[1]).toBe(
      `  - { code: MIXED_CLASSES, column: t.v, policy: envelope }  # or ${others}`,
    );
  });
});

describe("defaults that say now", () => {
  test("are the statement's, in UTC, whatever the column became", async () => {
    const { error } = await move(
      `CREATE TABLE t (id INTEGER PRIMARY KEY,
         a DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')), b TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
         c INTEGER DEFAULT (strftime('%s', 'now')), d INTEGER DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
         e DATETIME DEFAULT CURRENT_TIMESTAMP);
       INSERT INTO t (id, a, e) VALUES (1, '2024-01-05 10:00:00', '2024-01-05 10:00:00'), (2, '2024-01-05 10:00:00.5', '2024-01-05T10:00:00.123Z'), (3, '2024-01-05 10:00:00', '2024-01-05T10:00:00Z')`,
      accept("MIXED_DATES", "t.e", "widen"),
    );
    expect(error).toBeNull();
    const [row] = await rows(
      `INSERT INTO t (id) VALUES (9) RETURNING
         a = date_trunc('milliseconds', timezone('UTC', statement_timestamp())),
         b = to_char(timezone('UTC', statement_timestamp()), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
         c = floor(extract(epoch FROM statement_timestamp())), d = floor(extract(epoch FROM statement_timestamp()) * 1000),
         e = to_char(timezone('UTC', statement_timestamp()), 'YYYY-MM-DD HH24:MI:SS')`,
    );
    expect(row).toEqual(["true", "true", "true", "true", "true"]);
  });

  test("are asked for where numbers are, and are moments where they are", async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, at INTEGER DEFAULT CURRENT_TIMESTAMP); INSERT INTO t VALUES (1, 1700000000123)`;
    const { error } = await move(sql);
    expect(error?.paste).toEqual([
      "accept:",
      "  - { code: DEFAULT_UNIT, column: t.at, policy: epoch-ms }  # or epoch-s, none",
    ]);
    expect((await move(sql, { acceptAll: true })).error?.code).toBe("HAZARDS_NOT_ACCEPTED");
    expect((await move(sql, accept("DEFAULT_UNIT", "t.at", "epoch-ms"))).error).toBeNull();
    expect(
      await rows(
        "INSERT INTO t (id) VALUES (2) RETURNING at = floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint",
      ),
    ).toEqual([["true"]]);
    await database.pool.query("DROP SCHEMA fresh CASCADE");
    rmSync(join(folder, "state"), { recursive: true, force: true });
    const tables = { t: { ...plainTable, columns: { at: { type: null, epoch: "milliseconds" as const } } } };
    expect((await move(sql, { tables })).error).toBeNull();
    expect(
      await rows(
        "INSERT INTO t (id) VALUES (2) RETURNING at = date_trunc('second', timezone('UTC', statement_timestamp()))",
      ),
    ).toEqual([["true"]]);
    expect(await rows("SELECT at::text FROM t WHERE id = 1")).toEqual([["2023-11-14 22:13:20.123"]]);
  });

  test("none is a default that is lost by an answer", async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, at INTEGER DEFAULT CURRENT_TIMESTAMP)`;
    expect((await move(sql, accept("DEFAULT_UNIT", "t.at", "none"))).error).toBeNull();
    expect(await rows("INSERT INTO t (id) VALUES (1) RETURNING at")).toEqual([[null]]);
  });
});

describe("types that the pipeline file sets", () => {
  const columns = (given: Record<string, "uuid" | "interval">): NonNullable<Settings["tables"]> => ({
    t: {
      ...plainTable,
      columns: Object.fromEntries(Object.entries(given).map(([name, type]) => [name, { type, epoch: null }])),
    },
  });

  test("uuid takes its spellings, and a random default", async () => {
    const { error, plan } = await move(
      `CREATE TABLE t (id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(16)))));
       INSERT INTO t VALUES ('550e8400-e29b-41d4-a716-446655440000'), ('550E8400E29B41D4A716446655440001')`,
      { tables: columns({ id: "uuid" }) },
    );
    expect(error).toBeNull();
    expect((await rows("SELECT id::text FROM t ORDER BY id")).flat()).toEqual([
      "550e8400-e29b-41d4-a716-446655440000",
      "550e8400-e29b-41d4-a716-446655440001",
    ]);
    expect(plan?.notes.map(({ code, message }) => `${code} ${message}`)).toContain(
      "SPELLING_NOT_KEPT 1 value is the same uuid in another spelling",
    );
    expect(await rows("INSERT INTO t DEFAULT VALUES RETURNING uuid_extract_version(id)")).toEqual([["4"]]);
  });

  test("what is no uuid is asked about, and bytes have two readings", async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, u);
      INSERT INTO t VALUES (1, x'00112233445566778899aabbccddeeff'), (2, 'none')`;
    const tables = columns({ u: "uuid" });
    const { error } = await move(sql, { tables });
    expect(error?.paste).toEqual([
      "accept:",
      '  - { code: TARGET_NARROWS, column: t.u, policy: "null" }  # or quarantine',
      "interpret:",
      "  - { column: t.u, uuid: rfc }  # or dotnet",
    ]);
    const interpret = [{ at: "t.u", type: null, as: { uuid: "dotnet" as const } }];
    expect((await move(sql, { tables, interpret, ...accept("TARGET_NARROWS", "t.u", "null") })).error).toBeNull();
    expect((await rows("SELECT u::text FROM t ORDER BY id")).flat()).toEqual([
      "33221100-5544-7766-8899-aabbccddeeff",
      null,
    ]);
  });

  test("interval takes texts as it writes them, and counts by their unit", async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER); INSERT INTO t VALUES (1, '1 day 02:00:00', 90000000)`;
    const interpret = [{ at: "t.b", type: null, as: { interval: "us" as const } }];
    expect((await move(sql, { tables: columns({ a: "interval", b: "interval" }), interpret })).error).toBeNull();
    expect(await rows("SELECT a::text, b::text FROM t")).toEqual([["1 day 02:00:00", "00:01:30"]]);
  });
});
