/** kill -9 at random instants of a run, over and over: in the end nothing is doubled or missing. */
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { expect } from "vitest";
import { numbers, schemas, value, workspace } from "../cli/workspace.ts";
import { rowhaul, startRowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

const tables = 6;
const rows = 50_000;

/** Six tables of about 9 MB, each a unit; every 5,000th note holds a NUL for the ledger, some rows are quarantined. */
const large = `${Array.from(
  { length: tables },
  (_, i) => `
  CREATE TABLE t${i} (id INTEGER PRIMARY KEY, v INTEGER, note TEXT, other TEXT);
  CREATE INDEX t${i}_v ON t${i} (v);
  INSERT INTO t${i} SELECT n, n * ${i + 3} % 1009, CASE WHEN n % 5000 = 0 THEN 'a' || char(0) || n ELSE printf('%0150d', n * ${i + 7}) END,
    CASE WHEN n % 10000 = 1 THEN CAST(x'C3' AS TEXT) ELSE 'o' || n END FROM (${numbers(rows)});`,
).join("")}`;

/** What SQLite holds and PostgreSQL must hold, each computed by its own engine; md5 over all rows would need a function, sums of lengths and products do not. */
const sums = (i: number, on: "sqlite" | "postgres"): string => {
  const kept = on === "sqlite" ? "WHERE id % 10000 <> 1" : "";
  const digits = on === "sqlite" ? "CAST(substr(note, -9) AS INTEGER)" : "right(note, 9)::bigint";
  return `SELECT count(*) || ' ' || sum(id * v) || ' ' || sum(length(other) * id) || ' ' || sum(CASE WHEN id % 5000 = 0 THEN 0 ELSE ${digits} END * (id % 13)) FROM t${i} ${kept}`;
};

const order = ["preflight", "snapshot", "profile", "plan", "load", "finish", "validate", "cutover"];

/** From which phase on a kill comes, and within how many milliseconds. */
export type Aim = readonly [phase: string, spread: number];

/** Kills a run at each of these moments; in the end it must be complete. */
export async function killedOften(aims: readonly Aim[]): Promise<void> {
  const database = await freshDatabase();
  try {
    const space = workspace();
    space.sqlite(`BEGIN; ${large} COMMIT;`);
    space.pipeline(
      database.url,
      "accept:",
      "  - { code: NUL_IN_TEXT, policy: escape }",
      "  - { code: INVALID_TEXT, policy: quarantine }",
    );
    const expected = expectedSums(space.path("app.db"));
    const random = generator(20_261_121);
    let kills = 0;
    for (const [phase, spread] of aims) {
      const running = startRowhaul(["run", "pipeline.yaml", "--json"], { cwd: space.folder });
      // That phase, or a later one where it is done already.
      const later = order.slice(order.indexOf(phase)).join("|");
      await running.until(new RegExp(`"phase":"(${later})"`));
      await sleep(random() * spread);
      running.killGroup("SIGKILL");
      if ((await running.ended).signal === "SIGKILL") kills++;
      await expectNothingHalf(database);
    }
    // The last may come too late.
    expect(kills).toBeGreaterThanOrEqual(aims.length - 1);
    const last = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
    expect(last.stderr).not.toContain("Error");
    expect(last.exit).toBe(0);
    for (let i = 0; i < tables; i++) expect(await value(database.pool, sums(i, "postgres"))).toBe(expected[i]);
    expect(
      await value(
        database.pool,
        "SELECT concat(count(*), ' ', count(DISTINCT (table_name, key, column_name))) FROM rowhaul.ledger",
      ),
    ).toBe(`${(tables * rows) / 5000} ${(tables * rows) / 5000}`);
    expect(
      await value(
        database.pool,
        "SELECT concat(count(*), ' ', count(DISTINCT (table_name, key))) FROM rowhaul.quarantine",
      ),
    ).toBe(`${(tables * rows) / 10_000} ${(tables * rows) / 10_000}`);
    expect(await value(database.pool, "SELECT count(*)::int FROM rowhaul.leases WHERE expires > now()")).toBe(0);
    const cleaned = await rowhaul(["clean", "pipeline.yaml", "--yes"], { cwd: space.folder });
    expect(cleaned.exit).toBe(0);
    expect(await schemas(database.pool)).toEqual(["public"]);
    expect(Object.keys(space.hashes()).sort()).toEqual(["app.db", "pipeline.yaml"]);
    expect([...space.kept()]).toEqual([]);
  } finally {
    await database.drop();
  }
}

/** Whatever is in the target's own schema is there whole: the switch is one transaction. */
async function expectNothingHalf(database: TestDatabase): Promise<void> {
  const present = await value(
    database.pool,
    "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 't_'",
  );
  expect([0, tables]).toContain(present);
}

function expectedSums(file: string): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return Array.from({ length: tables }, (_, i) => db.prepare(sums(i, "sqlite")).pluck().get());
  } finally {
    db.close();
  }
}

/** mulberry32: the same moments every time, as far as the machine allows. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
