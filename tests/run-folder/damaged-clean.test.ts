/** `clean` of runs whose files are damaged: out it gets, but never from a switch that may be half done. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { clean, run } from "../../src/index.ts";
import { failureOf, makeScene, type Scene } from "./damaged-runs.ts";

const damage = (scene: Scene, ...names: readonly string[]): void => {
  for (const name of names) writeFileSync(scene.path(name), "x\ny\n");
};

/** What the state beside the target says of the run. */
function say(scene: Scene, status: string): void {
  const db = new Database(join(scene.folder, "new.db.rowhaul"));
  db.prepare("UPDATE runs SET status = ?").run(status);
  db.close();
}

/** The journal as far as this step. */
function cutAfter(scene: Scene, step: string): void {
  const lines = readFileSync(scene.path("journal.jsonl"), "utf8").split("\n");
  const last = lines.findIndex((line) => line.includes(`"step":"${step}"`));
  expect(last).toBeGreaterThanOrEqual(0);
  writeFileSync(scene.path("journal.jsonl"), `${lines.slice(0, last + 1).join("\n")}\n`);
}

const names = (scene: Scene): string[] =>
  readdirSync(scene.folder)
    .filter((name) => !name.includes("rowhaul-backup"))
    .sort();

it.each([
  ["run.json", "done", /run\.json is damaged/],
  ["journal.jsonl", "done", /journal\.jsonl is damaged/],
  ["run.json and journal.jsonl", "done", /run\.json is damaged[\s\S]*journal\.jsonl is damaged/],
  ["run.json", "validated", /run\.json is damaged/],
  ["journal.jsonl", "validated", /journal\.jsonl is damaged/],
] as const)("%s of a run that is %s: it is said, and all that is ours goes", async (files, stage, said) => {
  const scene = await makeScene(stage);
  damage(scene, ...files.split(" and "));
  const warnings: string[] = [];
  await clean(scene.settings, {
    onEvent: (event) => void (event.type === "notice" && warnings.push(event.message)),
  });
  expect(warnings.join("\n")).toMatch(said);
  expect(warnings.join("\n")).toContain(`The target says that it is ${stage}.`);
  expect(names(scene)).toEqual([".env", "app.db", ...(stage === "done" ? ["new.db"] : []), "p.yaml"]);
  expect(readFileSync(join(scene.folder, ".env"), "utf8")).toBe(scene.env);
});

it.each<[string, "validated" | "done", (scene: Scene) => void, string]>([
  [
    "an interrupted cutover and no run.json to read",
    "done",
    (scene) => {
      cutAfter(scene, "schema switched");
      say(scene, "switched");
      damage(scene, "run.json");
    },
    "OPEN_JOURNAL",
  ],
  [
    "a cutover of which only the schema is known, its journal damaged",
    "done",
    (scene) => {
      say(scene, "switched");
      damage(scene, "journal.jsonl");
    },
    "RUN_FILE_DAMAGED",
  ],
  [
    "a rollback that may not have come to the files, its journal damaged",
    "done",
    (scene) => {
      say(scene, "rolled back");
      damage(scene, "journal.jsonl");
    },
    "RUN_FILE_DAMAGED",
  ],
  [
    "a cutover whose undoing may not have come to the files, both files damaged",
    "done",
    (scene) => {
      say(scene, "loaded");
      damage(scene, "run.json", "journal.jsonl");
    },
    "RUN_FILE_DAMAGED",
  ],
])("%s: refused, nothing goes, and --fresh is the way out", async (_, stage, spoil, code) => {
  const scene = await makeScene(stage);
  spoil(scene);
  const before = names(scene);
  const failure = await failureOf("clean", scene.settings);
  expect([failure?.code, failure?.exit]).toEqual([code, 2]);
  expect(names(scene)).toEqual(before);
  expect(existsSync(scene.path("plan.json"))).toBe(true);
  await run(scene.settings, { fresh: true, discardNewWrites: true });
  await clean(scene.settings);
  expect(names(scene)).toEqual([".env", "app.db", "new.db", "p.yaml"]);
});
