/** Every awkward value there and back, from SQLite, from PostgreSQL and from JSON; as plain files and as gzip. */
import { writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { useDatabase } from "../support/database.ts";
import { sharedData } from "../support/shared-data.ts";
import { awkwardPostgres } from "./awkward-postgres.ts";
import { awkwardSqlite } from "./awkward-sqlite.ts";
import { expectSame, trip } from "./round-trip.ts";

const first = useDatabase();
const second = useDatabase();

describe.each([false, true])("from SQLite (gzip: %s)", (gzip) => {
  const schema = gzip ? "sqlite_gz" : "sqlite";
  const journey = trip();

  it("to SQLite nothing changes, not even a class", async () => {
    const app = journey.path("app.db");
    const db = new Database(app);
    db.pragma("foreign_keys = OFF");
    db.exec(awkwardSqlite);
    db.close();
    const exported = await journey.export(app, "export", { gzip });
    await journey.move(exported, journey.path("back.db"));
    const found = await expectSame(app, journey.path("back.db"), "exact");
    expect(found.schema).toEqual([]);
    await expectSame(app, exported, "exact");
  });

  it("to PostgreSQL and on, nothing changes but what PostgreSQL's texts cannot hold", async () => {
    const app = journey.path("app.db");
    await journey.move(journey.path("export"), first.url, schema);
    await expectSame(app, first.url, "in meaning", { schema, known });
    await journey.export(first.url, "export-pg", { schema, gzip });
    await journey.move(journey.path("export-pg"), second.url, schema);
    await expectSame(first.url, second.url, "exact", { schema });
    await journey.move(second.url, journey.path("pg.db"), schema);
    await expectSame(second.url, journey.path("pg.db"), "in meaning", { schema });
  });
});

/** Of NUL and of bytes that are no UTF-8 the plan says what becomes of them (NUL_IN_TEXT, INVALID_TEXT). */
const known: readonly string[] = [
  'broken: id=1 nul text "a\\u0000b" → text "ab"',
  "broken: id=1 invalid text x'61fe41' → text \"a\ufffdA\"",
  'broken: id=3 nul text "\\u0000" → text ""',
  "broken: id=3 invalid text x'80' → text \"\ufffd\"",
];

describe.each([false, true])("from PostgreSQL (gzip: %s)", (gzip) => {
  const schema = gzip ? "values_gz" : "values";
  const journey = trip();

  it("to PostgreSQL nothing changes, and to SQLite nothing in meaning", async () => {
    await first.pool.query(
      `BEGIN; CREATE SCHEMA ${schema}; SET LOCAL search_path = ${schema}; ${awkwardPostgres} COMMIT`,
    );
    const exported = await journey.export(first.url, "export", { schema, gzip });
    await expectSame(first.url, exported, "exact", { schema });
    await journey.move(exported, second.url, schema);
    await expectSame(first.url, second.url, "exact", { schema });
    await journey.move(exported, journey.path("pg.db"));
    await expectSame(first.url, journey.path("pg.db"), "in meaning", { schema, known: zeros });
    await journey.export(journey.path("pg.db"), "export-back", { gzip });
    await expectSame(exported, journey.path("export-back"), "in meaning", { known: zeros });
  });
});

describe.each(["chinook", "countries"])("from %s.json", (name) => {
  const file = sharedData(`json/${name}.json`);
  it.skipIf(file === null)("to PostgreSQL, and as an export on", async () => {
    const journey = trip();
    const schema = `json_${name}`;
    await journey.move(file ?? "", first.url, schema);
    await expectSame(file ?? "", first.url, "in meaning", { schema });
    const exported = await journey.export(file ?? "", "export", { gzip: true });
    await expectSame(file ?? "", exported, "exact");
    await journey.move(exported, second.url, schema);
    await expectSame(exported, second.url, "in meaning", { schema });
    await expectSame(first.url, second.url, "exact", { schema });
    await journey.move(file ?? "", journey.path("json.db"));
    await expectSame(file ?? "", journey.path("json.db"), "in meaning");
  });
});

describe("from JSON", () => {
  it("numbers keep every digit, texts every character", async () => {
    const journey = trip();
    const file = journey.path("awkward.ndjson");
    writeFileSync(file, awkwardJson.join("\n"));
    await journey.move(file, first.url, "json_awkward");
    await expectSame(file, first.url, "in meaning", { schema: "json_awkward" });
    const { rows } = await first.pool.query(
      "SELECT big::text, digits::text, mixed::text FROM json_awkward.awkward ORDER BY id",
    );
    expect(rows).toEqual([
      { big: "9223372036854775807", digits: "123456789012345678901234567890.10", mixed: "1" },
      { big: "-9223372036854775808", digits: "1.10", mixed: '"1"' },
      { big: "9007199254740993", digits: "-0.000000000000000000000000000001", mixed: '{"b": [1.10, null]}' },
    ]);
    await journey.move(await journey.export(file, "export"), second.url, "json_awkward");
    await expectSame(first.url, second.url, "exact", { schema: "json_awkward" });
    await journey.move(first.url, journey.path("pg.db"), "json_awkward");
    await expectSame(first.url, journey.path("pg.db"), "in meaning", {
      schema: "json_awkward",
      known: ['awkward: id=1 r text "-0" → real 0.0'],
    });
    await expectSame(file, journey.path("pg.db"), "in meaning", {
      known: ['awkward: id=1 r text "-0" → real 0.0'],
    });
  });
});

const awkwardJson = [
  String.raw`{"id": 1, "big": 9223372036854775807, "digits": 123456789012345678901234567890.10, "r": -0.0, "t": "\ud83d\ude00 \u2028\"\\", "at": "2024-02-29T23:59:59Z", "mixed": 1, "yes": true, "__proto__": "p"}`,
  `{"id": 2, "big": -9223372036854775808, "digits": 1.10, "r": 5e-324, "t": "", "at": "1970-01-01T00:00:00.123456Z", "mixed": "1", "yes": null, "__proto__": "q"}`,
  String.raw`{"id": 3, "big": 9007199254740993, "digits": -1e-30, "r": 1.7976931348623157e308, "t": "{\"$bytes\":\"AA==\"}", "at": null, "mixed": {"b": [1.10, null]}, "yes": false, "__proto__": null}`,
];

/** SQLite keeps no −0 in a column of REALs; the plan says so of every such column. */
const zeros = ['numbers: id=1 f text "-0" → real 0.0', 'numbers: id=1 d text "-0" → real 0.0'];
