/** Some of the random chains all the way: a pipeline file, the whole run into PostgreSQL, and its own proof. */

import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import type { Value } from "../../src/core/plan/transform.ts";
import { run } from "../../src/index.ts";
import { workspace } from "../cli/workspace.ts";
import { useDatabase } from "../support/database.ts";
import { scenarioOf } from "./random/scenario.ts";
import { functionFile } from "./random/steps.ts";

const database = useDatabase();

/** What a made key or a key of changed values may end in: PostgreSQL says so, and nothing is switched. */
const fair = /^CONSTRAINT_VIOLATED: .*could not create unique index|^TRANSFORM_FAILED: After the steps/;

it("random chains arrive, cell by cell", { timeout: 120_000 }, async () => {
  process.env.RANDOM_KEY = "key of this test";
  const seeds = Number(process.env.SEEDS ?? 12);
  let arrived = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const scenario = scenarioOf(seed);
    const space = workspace();
    const db = new Database(space.path("app.db"));
    db.exec(scenario.create);
    db.exec("CREATE TABLE side (k, v)");
    fill(db, "t", scenario.columns, scenario.rows);
    fill(db, "side", ["k", "v"], scenario.side);
    db.close();
    space.write("random.mjs", functionFile.replace("KEYS", '["id", "part"]'));
    const pipeline = space.write(
      "pipeline.yaml",
      // JSON is YAML.
      JSON.stringify({
        name: `random-${seed}`,
        source: { kind: "sqlite", path: "app.db" },
        target: { kind: "postgres", url: database.url, schema: `s${seed}` },
        tables: { t: { onError: "quarantine", transform: scenario.steps } },
      }),
    );
    const label = `seed ${seed}: ${JSON.stringify(scenario.steps)}`;
    await database.pool.query(`CREATE SCHEMA s${seed}`);
    let ended: string;
    let id: string | null = null;
    try {
      const done = await run(pipeline, { acceptAll: true });
      ended = String(done.stage);
      id = done.run;
    } catch (thrown) {
      if (!(thrown instanceof RowhaulError)) throw thrown;
      ended = `${thrown.code}: ${thrown.message} ${thrown.details.join(" ")}`;
    }
    if (fair.test(ended)) continue;
    expect({ label, ended }).toEqual({ label, ended: "done" });
    arrived += 1;
    for (const [table, rows] of scenario.expected) {
      const { rows: counted } = await database.pool.query(
        `SELECT (SELECT count(*) FROM s${seed}."${table.replaceAll('"', '""')}")::int + (SELECT count(*) FROM rowhaul.quarantine WHERE run_id = $1 AND table_name = $2)::int AS n`,
        [id, table],
      );
      const refused = table === "t" ? scenario.refused : 0;
      expect({ label, table, n: counted[0].n }).toEqual({ label, table, n: rows.length + refused });
    }
  }
  expect(arrived).toBeGreaterThan(seeds / 2);
});

function fill(db: Database.Database, table: string, columns: readonly string[], rows: readonly Value[][]): void {
  const isRaw = (value: Value): value is { rawText: Uint8Array } =>
    value !== null && typeof value === "object" && "rawText" in value;
  for (const row of rows)
    db.prepare(
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${row.map((value) => (isRaw(value) ? "CAST(? AS TEXT)" : "?")).join(", ")})`,
    ).run(row.map((value) => (isRaw(value) ? value.rawText : value)));
}
