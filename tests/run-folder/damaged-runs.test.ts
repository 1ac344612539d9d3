/** Every file of a run, damaged in every way, before every command: named, with the right exit status, and never the end. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { rollback } from "../../src/index.ts";
import { type CommandName, commands, failureOf, makeScene, runFiles, type Scene } from "./damaged-runs.ts";

type File = (typeof runFiles)[number];
type Stage = "validated" | "done";

const kinds = {
  gone: (path: string) => rmSync(path),
  emptied: (path: string) => truncateSync(path),
  "cut short": (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  "binary junk": (path: string) => writeFileSync(path, Buffer.from([0, 255, 254, 1, 2, 3, 128, 10, 0, 77])),
  "a list": (path: string) => writeFileSync(path, "[]\n"),
  "of another run": (path: string, file: File) => writeFileSync(path, readFileSync(other.path(file))),
  "a folder": (path: string) => {
    rmSync(path, { force: true });
    mkdirSync(path);
  },
  // For root, too.
  unreadable: (path: string) => {
    rmSync(path, { force: true });
    symlinkSync(path, path);
  },
} as const;
type Kind = keyof typeof kinds;

const exits = { ok: 0, NO_RUN: 1, SNAPSHOT_LOST: 2, RUN_FILE_DAMAGED: 2, LOCAL_DISK: 2, STATE_LOST: 6 } as const;
type Outcome = keyof typeof exits;

let other: Scene;
const scenes: Partial<Record<Stage, Scene>> = {};

beforeAll(async () => {
  other = await makeScene("done", "other");
  for (const stage of ["validated", "done"] as const) scenes[stage] = await makeScene(stage);
});

/** What the commands come to that have to read a file; all others do as if nothing were wrong. */
function expected(stage: Stage, file: File, kind: Kind): Partial<Record<CommandName, Outcome>> {
  const bad = kind === "gone" ? "SNAPSHOT_LOST" : kind === "unreadable" ? "LOCAL_DISK" : "RUN_FILE_DAMAGED";
  const all = (names: string, outcome: Outcome): Partial<Record<CommandName, Outcome>> =>
    Object.fromEntries(names.split(" ").map((name) => [name, outcome]));
  switch (file) {
    case "current.json":
      if (kind === "gone") return {};
      // It names a run that is not here.
      if (kind === "of another run") return all("run status report validate cutover", "SNAPSHOT_LOST");
      return all("run status report validate cutover rollback", bad);
    case "run.json":
      return {
        ...all("run status validate cutover", bad),
        // What is damaged for good is no reason to keep it; what cannot be read may be readable later.
        ...(kind === "unreadable" ? { clean: bad } : {}),
        // Whether there is something to go back to is asked of the target.
        ...(stage === "done" ? { rollback: kind === "gone" ? "STATE_LOST" : bad } : {}),
      };
    case "plan.json":
      return all("run validate cutover rollback", bad);
    case "catalog.json":
      return all("validate", bad);
    case "journal.jsonl":
      // The first line cut short is what a crash leaves of it: it never began.
      if (["gone", "emptied", "cut short"].includes(kind))
        return stage === "done" ? all("run status validate cutover rollback", "STATE_LOST") : {};
      return {
        ...all("run status validate cutover rollback", bad),
        ...(kind === "unreadable" ? { clean: bad } : {}),
      };
    case "snapshot.db":
      return all("run validate cutover", "SNAPSHOT_LOST");
    case "report.json":
      return {
        report: kind === "gone" ? "NO_RUN" : bad,
        // Nothing can be written there.
        ...(kind === "a folder" ? all(stage === "done" ? "validate" : "run validate cutover", "LOCAL_DISK") : {}),
      };
    case "profile.json":
    case "seconds.json":
      return {};
  }
}

it("a rollback that stands is one, though its report cannot be made: that is said", async () => {
  const scene = scenes.done as Scene;
  scene.restore();
  writeFileSync(scene.path("transforms.json"), "x");
  const said: string[] = [];
  const result = await rollback(scene.settings, {
    onEvent: (event) => void (event.type === "notice" && event.level === "warning" && said.push(event.message)),
  });
  expect([result.outcome, result.stage]).toEqual(["rolled back", "rolled back"]);
  expect(said.join("\n")).toContain(`There is no report: ${scene.path("transforms.json")} is damaged`);
  expect(readFileSync(`${scene.folder}/.env`, "utf8")).toBe("DATABASE_URL=sqlite:app.db\n");
  // Nobody is left to be told: the next one has nothing to do.
  expect(await failureOf("rollback", scene.settings)).toMatchObject({ code: "NO_RUN" });
});

describe.each(["validated", "done"] as const)("of a run that is %s", (stage) => {
  describe.each(runFiles)("%s", (file) => {
    it.each(Object.keys(kinds) as Kind[])("%s", async (kind) => {
      const scene = scenes[stage] as Scene;
      const well: Partial<Record<CommandName, Outcome>> = stage === "done" ? {} : { rollback: "NO_RUN" };
      for (const name of Object.keys(commands) as CommandName[]) {
        scene.restore();
        const path = scene.path(file);
        if (!existsSync(path)) writeFileSync(path, "");
        kinds[kind](path, file);
        const failure = await failureOf(name, scene.settings);
        const outcome = { ...well, ...expected(stage, file, kind) }[name] ?? "ok";
        expect([name, failure?.code ?? "ok", failure?.exit ?? 0]).toEqual([name, outcome, exits[outcome]]);
        const named = outcome === "RUN_FILE_DAMAGED" || outcome === "LOCAL_DISK";
        if (named) expect(failure?.message).toContain(path);
        // What would undo or complete something changed nothing of the application's.
        if (failure !== null) expect(readFileSync(`${scene.folder}/.env`, "utf8")).toBe(scene.env);
      }
    });
  });
});
