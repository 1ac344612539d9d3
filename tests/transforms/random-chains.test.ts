/**
 * Random tables through random chains of all transforms, by the engine that runs them and its replay: what comes out
 * is what a second implementation, written here with none of ours, makes of the same rows. `SEEDS=2000` tries more.
 */
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import type { Value } from "../../src/core/plan/transform.ts";
import { compileChain } from "../../src/transforms/compile-chain.ts";
import { loadFunctions } from "../../src/transforms/functions/load-functions.ts";
import { transforms } from "../../src/transforms/registry.ts";
import { reshapedCatalog } from "../../src/transforms/reshaped/reshaped-catalog.ts";
import { catalogOf, replayed, shapeIt } from "../snapshot/reshape/shaping.ts";
import { freshPath, makeDatabase } from "../support/scratch-database.ts";
import { stepsOf, tableIn } from "./chains.ts";
import { exactly } from "./random/plain.ts";
import { type Scenario, scenarioOf } from "./random/scenario.ts";
import { functionFile } from "./random/steps.ts";

const seeds = Number(process.env.SEEDS ?? 100);
const first = Number(process.env.FIRST_SEED ?? 1);

it(`${seeds} random chains`, { timeout: 20 * 60_000 }, async () => {
  const used = new Set<string>();
  const functions = await functionsBeside(freshPath("random.mjs"));
  for (let seed = first; seed < first + seeds; seed++) {
    const scenario = scenarioOf(seed);
    for (const name of scenario.used) used.add(name);
    const label = `seed ${seed}: ${JSON.stringify(scenario.steps)}`;
    const snapshot = snapshotOf(scenario);
    const catalog = catalogOf(snapshot);
    const chain = compileChain(
      tableIn(catalog, "t"),
      { where: null, steps: stepsOf(...scenario.steps), onError: "quarantine" },
      { catalog, env: { RANDOM_KEY: "key of this test" }, functions },
    );
    const done = await shapeIt(snapshot, [chain], (before) => reshapedCatalog(before, [chain]).catalog);
    for (const [table, rows] of scenario.expected)
      expect({ label, table, rows: rowsOf(done.reshaped, table, scenario) }).toEqual({
        label,
        table,
        rows,
      });
    expect({ label, quarantined: done.report.quarantine.length }).toEqual({
      label,
      quarantined: scenario.refused,
    });
    const again = await replayed(done);
    expect({ label, findings: again.findings.filter(({ level }) => level === "difference") }).toEqual({
      label,
      findings: [],
    });
  }
  if (seeds >= 100) expect([...used].sort()).toEqual(transforms.map(({ name }) => name).sort());
});

async function functionsBeside(path: string) {
  writeFileSync(path, functionFile.replace("KEYS", '["id", "part"]'));
  const loaded = await loadFunctions([path], dirname(path));
  return new Map([["./random.mjs", loaded.get(path) as NonNullable<ReturnType<typeof loaded.get>>]]);
}

function snapshotOf({ create, columns, rows, side }: Scenario): string {
  return makeDatabase((db) => {
    db.exec(create);
    db.exec("CREATE TABLE side (k, v)");
    for (const row of rows) insert(db, "t", columns, row);
    for (const row of side) insert(db, "side", ["k", "v"], row);
  });
}

/** A table's own types would turn "1" into 1; what is tested here begins with what is in the file. */
function insert(db: Database.Database, table: string, columns: readonly string[], row: readonly Value[]): void {
  const isRaw = (value: Value): value is { rawText: Uint8Array } =>
    value !== null && typeof value === "object" && "rawText" in value;
  const places = row.map((value) => (isRaw(value) ? "CAST(? AS TEXT)" : "?"));
  db.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places.join(", ")})`).run(
    row.map((value) => (isRaw(value) ? value.rawText : value)),
  );
}

function rowsOf(path: string, table: string, { shapes }: Scenario): string[] {
  const db = new Database(path, { readonly: true });
  try {
    db.defaultSafeIntegers(true);
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    const slots = (shapes.get(table) ?? []).flatMap((name) => [
      `typeof(${quoted(name)})`,
      `CASE typeof(${quoted(name)}) WHEN 'text' THEN CAST(${quoted(name)} AS BLOB) ELSE ${quoted(name)} END`,
    ]);
    const rows = db
      .prepare(`SELECT ${slots.join(", ")} FROM ${quoted(table)}`)
      .raw(true)
      .all() as unknown[][];
    return rows.map((row) => cellsOf(row).join(" | ")).sort();
  } finally {
    db.close();
  }
}

function cellsOf(row: readonly unknown[]): string[] {
  return row.flatMap((value, i) => {
    if (i % 2 === 0) return [];
    if (row[i - 1] !== "text") return [exactly(value as Value)];
    const bytes = value as Buffer;
    const text = bytes.toString("utf8");
    return [exactly(Buffer.from(text).equals(bytes) ? text : { rawText: bytes })];
  });
}
