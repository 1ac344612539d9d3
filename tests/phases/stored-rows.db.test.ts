/** Rows that go from the file's pages into COPY: the proof, which reads through SQLite, sees whatever that way does wrong. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FrozenSource } from "../../src/core/ports.ts";
import type { StoredReading, StoredRows } from "../../src/core/values/stored-rows.ts";
import { copySettings, type Plan, RowhaulError } from "../../src/index.ts";
import { run } from "../../src/phases/run/run.ts";
import { compose } from "../../src/pipeline/compose.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rowhaul-stored-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.pool.query("DROP SCHEMA IF EXISTS fresh CASCADE; DROP SCHEMA IF EXISTS rowhaul CASCADE");
});

type Sabotage = (rows: StoredRows) => StoredRows;

async function move(sql: string, sabotage: Sabotage = (rows) => rows): Promise<Plan> {
  const source = join(folder, "s.db");
  const db = new Database(source);
  db.exec(sql);
  db.close();
  const settings = copySettings(source, database.url, { folder: join(folder, "state"), schema: "fresh" });
  const composed = await compose(settings, () => {}, new AbortController().signal);
  const { context } = composed;
  const broken = (frozen: FrozenSource): FrozenSource => ({
    ...frozen,
    stored(...part): StoredReading {
      const reading = frozen.stored(...part);
      return { ...reading, rows: sabotage(reading.rows) };
    },
  });
  const open = (path: string): FrozenSource => broken(context.parts.source.open(path));
  try {
    const { plan } = await run(
      { ...context, parts: { ...context.parts, source: { ...context.parts.source, open } } },
      {
        until: "cutover",
        fresh: false,
        dryRun: false,
        forward: false,
        validated: false,
        discardNewWrites: false,
        confirm: async () => true,
        onPlan: () => {},
      },
    );
    if (plan === null) throw new Error("no plan");
    return plan;
  } finally {
    await composed.close();
  }
}

const table = `CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, at DATETIME, score REAL, flags BLOB);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
  INSERT INTO t SELECT i, 'name ' || i, '2024-05-06 07:08:' || printf('%02d', i % 60), i / 4.0, randomblob(5) FROM n`;
const keyless = table.replace("id INTEGER PRIMARY KEY", "id INTEGER");

/** Changes the row with this number, once. */
function changing(number: number, change: (rows: StoredRows) => void): Sabotage {
  return (rows) => {
    let at = 0;
    return alike(rows, () => {
      if (!rows.next()) return false;
      at++;
      if (at === number) change(rows);
      return true;
    });
  };
}

/** The same arrays, another `next`. */
function alike(rows: StoredRows, next: () => boolean): StoredRows {
  return {
    next,
    types: rows.types,
    offsets: rows.offsets,
    get bytes() {
      return rows.bytes;
    },
    get fields() {
      return rows.fields;
    },
    get rowidHigh() {
      return rows.rowidHigh;
    },
    get rowidLow() {
      return rows.rowidLow;
    },
  };
}

function flip(column: number, byte: number, bit: number): (rows: StoredRows) => void {
  return ({ bytes, offsets }) => {
    const at = (offsets[column] as number) + byte;
    bytes[at] = (bytes[at] as number) ^ bit;
  };
}

describe("rows as they are stored", () => {
  it("arrive as they are, and the plan says which way they went", async () => {
    const plan = await move(`${table}; CREATE TABLE g(a, b AS (a || 'x')); INSERT INTO g(a) VALUES ('y')`);
    expect(plan.tables.map(({ source, viaSqlite }) => [source, viaSqlite])).toEqual([
      ["t", null],
      ["g", "it has generated columns"],
    ]);
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS rows, sum(id)::int AS ids, sum(score)::text AS scores, min(at)::text AS first, max(name) AS last FROM fresh.t",
    );
    expect(rows).toEqual([
      { rows: 2000, ids: 2001000, scores: "500250", first: "2024-05-06 07:08:00", last: "name 999" },
    ]);
  });

  it.each<[string, string, Sabotage]>([
    ["a letter is another", table, changing(1500, flip(1, 2, 1))],
    ["a second is another", table, changing(7, flip(2, 18, 1))],
    ["a REAL's last bit is another", table, changing(1999, flip(3, 7, 1))],
    ["a byte is another", table, changing(2, flip(4, 0, 0x80))],
    ["a value is NULL", table, changing(600, ({ types }) => void types.fill(0, 1, 2))],
    ["a text is shorter", table, changing(600, ({ types }) => void types.fill((types[1] as number) - 2, 1, 2))],
    ["a letter is another, without a key", keyless, changing(1500, flip(1, 2, 1))],
    ["a row is left out", table, (rows) => alike(rows, () => rows.next() && (rows.rowidLow !== 1000 || rows.next()))],
    ["the last row is left out", table, (rows) => alike(rows, () => rows.next() && rows.rowidLow !== 2000)],
    ["a row comes twice, without a key", keyless, twice(1000)],
    ["a row stands for another, without a key", keyless, inPlaceOf(1000)],
  ])("are not believed: %s", async (_, sql, sabotage) => {
    const error = await move(sql, sabotage).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RowhaulError);
    expect((error as RowhaulError).code).toBe("VALIDATION_FAILED");
    expect((error as RowhaulError).details.join("\n")).toContain("t");
  });
});

function twice(rowid: number): Sabotage {
  return (rows) => {
    let again = false;
    return alike(rows, () => {
      if (again) {
        again = false;
        return true;
      }
      const found = rows.next();
      again = found && rows.rowidLow === rowid;
      return found;
    });
  };
}

/** The row before it is sent once more, and it is not. */
function inPlaceOf(rowid: number): Sabotage {
  return (rows) => {
    let again = false;
    let skip = false;
    return alike(rows, () => {
      if (again) {
        again = false;
        skip = true;
        return true;
      }
      if (skip) {
        skip = false;
        rows.next();
      }
      const found = rows.next();
      again = found && rows.rowidLow === rowid - 1;
      return found;
    });
  };
}
