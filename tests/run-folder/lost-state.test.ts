/** What says how a run switched is gone, in its folder or beside a SQLite target: never "nothing to do". */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { clean, rollback, run, status } from "../../src/index.ts";
import { homeOf } from "../../src/pipeline/home-of.ts";
import { processText, thisProcess } from "../../src/system/process.ts";
import { acquireLease } from "../../src/targets/sqlite/state/lease.ts";
import { errorOf } from "../support/scratch-database.ts";
import { type CommandName, failureOf, makeScene, type Scene } from "./damaged-runs.ts";

const target = (scene: Scene): string => join(scene.folder, "new.db");
const byHand = (details: readonly string[]): string[] =>
  details.flatMap((line) => /^By hand: (.*)$/.exec(line)?.[1] ?? []);
const texts = (path: string): unknown[] => {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  const found = db.prepare("SELECT v FROM t ORDER BY id").pluck().all();
  db.close();
  return found;
};

/** With a file of the application's that was there before. */
async function switched(): Promise<Scene> {
  return makeScene("done", "a", (folder) => {
    const db = new Database(join(folder, "new.db"));
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'before')");
    db.close();
  });
}

async function expectLost(scene: Scene, names: readonly CommandName[]): Promise<readonly string[]> {
  let details: readonly string[] = [];
  for (const name of names) {
    const failure = await failureOf(name, scene.settings);
    expect([name, failure?.code, failure?.exit]).toEqual([name, "STATE_LOST", 6]);
    expect(failure?.message).toMatch(/cannot be known/);
    details = failure?.details ?? [];
  }
  return details;
}

it("the state beside the target: the steps that are printed put everything back", async () => {
  const scene = await switched();
  rmSync(`${target(scene)}.rowhaul`);
  const details = await expectLost(scene, ["run", "validate", "cutover", "rollback"]);
  expect([texts(target(scene)), readFileSync(join(scene.folder, ".env"), "utf8")]).toEqual([["a", "b"], scene.env]);
  const steps = byHand(details);
  expect(steps).toHaveLength(3);
  for (const step of steps) expect(spawnSync("/bin/sh", ["-ec", step]).status).toBe(0);
  expect(texts(target(scene))).toEqual(["before"]);
  expect(readFileSync(join(scene.folder, ".env"), "utf8")).toBe("DATABASE_URL=sqlite:app.db\n");
});

/** The file that stood at the target's path before the run. */
const kept = (scene: Scene): string => `${target(scene)}.before-${homeOf(scene.settings).latest()?.id}`;

function flipBit(path: string, at: number): void {
  const fd = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, at);
  writeSync(fd, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
  closeSync(fd);
}

it("the file that was kept, by one bit: it is named and not put back, and the switch stands", async () => {
  const scene = await switched();
  const at = readFileSync(kept(scene)).indexOf("before");
  expect(at).toBeGreaterThan(0);
  flipBit(kept(scene), at);
  for (let attempt = 0; attempt < 2; attempt++) {
    const failure = await failureOf("rollback", scene.settings);
    expect([failure?.code, failure?.exit]).toEqual(["UNDO_FAILED", 6]);
    expect(failure?.message).toContain(`${kept(scene)} is not the file that stood at ${target(scene)}`);
    expect([texts(target(scene)), readFileSync(join(scene.folder, ".env"), "utf8")]).toEqual([["a", "b"], scene.env]);
    expect(homeOf(scene.settings).latest()?.record.stage).toBe("done");
  }
  // From a copy that is the same, the usual way.
  flipBit(kept(scene), at);
  expect((await rollback(scene.settings)).stage).toBe("rolled back");
  expect(texts(target(scene))).toEqual(["before"]);
});

it("the same, for one who takes the file as it is: the printed steps, then the files by the command", async () => {
  const scene = await switched();
  flipBit(kept(scene), readFileSync(kept(scene)).indexOf("before"));
  const steps = byHand((await failureOf("rollback", scene.settings))?.details ?? []);
  expect(steps).toHaveLength(3);
  for (const step of steps.slice(1)) expect(spawnSync("/bin/sh", ["-ec", step]).status).toBe(0);
  expect((await rollback(scene.settings)).stage).toBe("rolled back");
  expect(texts(target(scene))).toEqual(["cefore"]);
  expect(readFileSync(join(scene.folder, ".env"), "utf8")).toBe("DATABASE_URL=sqlite:app.db\n");
});

it("the file that was kept, whole: the step is to put it back, and the switch stands", async () => {
  const scene = await switched();
  const copy = join(scene.folder, "copy.db");
  copyFileSync(kept(scene), copy);
  rmSync(kept(scene));
  const failure = await failureOf("rollback", scene.settings);
  expect([failure?.code, failure?.exit]).toEqual(["UNDO_FAILED", 6]);
  expect(byHand(failure?.details ?? []).join()).toContain(`cp <copy> ${kept(scene)}`);
  expect(texts(target(scene))).toEqual(["a", "b"]);
  copyFileSync(copy, kept(scene));
  expect((await rollback(scene.settings)).stage).toBe("rolled back");
  expect(texts(target(scene))).toEqual(["before"]);
});

it("only the digest of that file, as in a state of an earlier version: it comes back, and that is said", async () => {
  const scene = await switched();
  const db = new Database(`${target(scene)}.rowhaul`);
  const { changes } = db.prepare("UPDATE runs SET switched = json_remove(switched, '$.kept')").run();
  db.close();
  expect(changes).toBe(1);
  const said: string[] = [];
  const file = kept(scene);
  await rollback(scene.settings, { onEvent: (event) => void (event.type === "notice" && said.push(event.message)) });
  expect(said.join("\n")).toContain(`${file} was kept by an earlier version without a digest`);
  expect(texts(target(scene))).toEqual(["before"]);
});

it("the journal: the files' backups are named instead of it", async () => {
  const scene = await switched();
  rmSync(scene.path("journal.jsonl"));
  const details = await expectLost(scene, ["run", "validate", "cutover", "rollback"]);
  expect(details.join("\n")).toMatch(/compare \S+\.env with \S+\.env\.rowhaul-backup-/);
  expect(details.join("\n")).toMatch(/mv \S+\.before-\S+ \S+new\.db$/m);
});

it("the journal of a cutover that was interrupted, so that the run looks as if it had never switched", async () => {
  const scene = await switched();
  rmSync(scene.path("journal.jsonl"));
  const record = JSON.parse(readFileSync(scene.path("run.json"), "utf8"));
  writeFileSync(scene.path("run.json"), JSON.stringify({ ...record, stage: "validated" }));
  await expectLost(scene, ["run", "validate", "cutover", "rollback", "clean"]);
});

it("the state as it was before the switch, put back from a copy", async () => {
  const scene = await switched();
  const db = new Database(`${target(scene)}.rowhaul`);
  db.exec("UPDATE runs SET status = 'validated', switched = NULL");
  db.close();
  await expectLost(scene, ["validate", "rollback"]);
});

it("the folder: the target remembers", async () => {
  const scene = await switched();
  rmSync(join(scene.folder, ".rowhaul"), { recursive: true });
  expect(status(scene.settings)).toEqual([]);
  const details = await expectLost(scene, ["rollback", "clean"]);
  expect(details.join("\n")).toMatch(/mv \S+\.before-\S+ \S+new\.db$/m);
});

it("the run's folder alone: an older run is not taken for the newest", async () => {
  const scene = await switched();
  await run(scene.settings, { fresh: true, discardNewWrites: true });
  const newest = homeOf(scene.settings).latest();
  rmSync(newest?.path ?? "", { recursive: true });
  await expectLost(scene, ["rollback"]);
  expect(status(scene.settings).map(({ stage, problem }) => [stage, problem === null])).toEqual([
    ["done", true],
    ["unknown", false],
  ]);
});

it.each([
  ["the state", (scene: Scene) => rmSync(`${target(scene)}.rowhaul`)],
  ["what was loaded", (scene: Scene) => rmSync(staging(scene))],
])("of a run that is not switched, %s: it starts over", async (_, lose) => {
  const scene = await makeScene("validated");
  lose(scene);
  for (const name of ["run", "validate", "cutover"] as const) {
    const failure = await failureOf(name, scene.settings);
    expect([name, failure?.code, failure?.exit]).toEqual([name, "LOAD_LOST", 2]);
  }
  expect((await run(scene.settings, { fresh: true })).stage).toBe("done");
  expect(texts(target(scene))).toEqual(["a", "b"]);
});

it("everything of a run that is done, target and all: it begins anew, and says so", async () => {
  const scene = await makeScene("done");
  for (const name of readdirSync(scene.folder).filter((one) => one.startsWith("new.db")))
    rmSync(join(scene.folder, name));
  const warnings: string[] = [];
  const result = await run(scene.settings, {
    onEvent: (event) => void (event.type === "notice" && warnings.push(event.message)),
  });
  expect([result.stage, texts(target(scene))]).toEqual(["done", ["a", "b"]]);
  expect(warnings.join("\n")).toMatch(/holds nothing of run \S+ any more/);
});

it("clean leaves nothing behind, though its run died with its lease", async () => {
  const scene = await makeScene("validated");
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const state = `${target(scene)}.rowhaul`;
  const { token } = acquireLease(state, target(scene), homeOf(scene.settings).latest()?.id ?? "");
  const db = new Database(state);
  db.prepare("UPDATE lease SET owner = ? WHERE token = ?").run(processText({ ...thisProcess(), pid }), token);
  db.close();
  await clean(scene.settings);
  expect(readdirSync(scene.folder).sort()).toEqual([".env", "app.db", "p.yaml"]);
});

it("nor after a run that was given up", async () => {
  const scene = await makeScene("validated");
  writeFileSync(scene.path("run.json"), "x");
  await run(scene.settings, { fresh: true });
  await rollback(scene.settings);
  await clean(scene.settings);
  expect(
    readdirSync(scene.folder)
      .filter((name) => !name.includes("rowhaul-backup"))
      .sort(),
  ).toEqual([".env", "app.db", "p.yaml"]);
});

it("a clock that was set back makes no older run the newest", async () => {
  const scene = await switched();
  await run(scene.settings, { fresh: true, discardNewWrites: true });
  const home = homeOf(scene.settings);
  const newest = home.latest();
  newest?.update({ startedAt: "2001-01-01T00:00:00.000Z" });
  rmSync(join(home.path, "current.json"));
  expect(home.latest()?.id).toBe(newest?.id);
  expect((await rollback(scene.settings)).run).toBe(newest?.id);
});

it("a rollback that was killed when all was done but to say so is finished by the next, which undoes no other", async () => {
  const scene = await switched();
  const [first] = homeOf(scene.settings).all();
  await run(scene.settings, { fresh: true, discardNewWrites: true });
  const newest = homeOf(scene.settings).latest();
  copyFileSync(newest?.file("run.json") ?? "", `${scene.folder}/run.json`);
  expect((await rollback(scene.settings)).run).toBe(newest?.id);
  // Between the journal's last line and the record of it.
  copyFileSync(`${scene.folder}/run.json`, newest?.file("run.json") ?? "");
  const again = await rollback(scene.settings);
  expect([again.run, again.outcome, again.stage]).toEqual([newest?.id, "rolled back", "rolled back"]);
  // Between that record and its end.
  newest?.update({ untold: true });
  expect((await rollback(scene.settings)).run).toBe(newest?.id);
  expect((await rollback(scene.settings)).run).toBe(first?.id);
  expect(texts(target(scene))).toEqual(["before"]);
  expect((await errorOf(() => rollback(scene.settings))).code).toBe("NO_RUN");
});

function staging(scene: Scene): string {
  const name = readdirSync(scene.folder).find((one) => /^new\.db\.rowhaul-[^.]+$/.test(one)) ?? "";
  expect(existsSync(join(scene.folder, name))).toBe(true);
  return join(scene.folder, name);
}
