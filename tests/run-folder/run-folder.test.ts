import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PlannedEdit } from "../../src/core/ports.ts";
import { Journal } from "../../src/run-folder/journal.ts";
import { RunHome } from "../../src/run-folder/run-home.ts";
import { readJson, writeJson } from "../../src/run-folder/write-file.ts";
import { codeOf, errorOf, freshPath } from "../support/scratch-database.ts";

const now = new Date("2024-01-05T10:20:30Z");
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe("a run's folder", () => {
  it("is private, ignored by git, and found again", () => {
    const folder = freshPath("project");
    const home = new RunHome(folder, "shop-1");
    expect([home.latest(), home.all()]).toEqual([null, []]);
    const run = home.start("shop", "digest", now);
    expect(run.record).toEqual({
      id: expect.stringMatching(/^20240105t102030_[0-9a-f]{4}$/),
      pipeline: "shop",
      startedAt: "2024-01-05T10:20:30.000Z",
      stage: "new",
      settings: "digest",
      snapshot: null,
      shaped: null,
      validation: [],
      finishedAt: null,
      nth: 1,
    });
    for (const path of [dirname(home.path), home.path, run.path]) expect(mode(path)).toBe("700");
    expect(mode(join(run.path, "run.json"))).toBe("600");
    expect(readFileSync(join(folder, ".rowhaul/.gitignore"), "utf8")).toBe("*\n");
    expect(new RunHome(folder, "shop-1").latest()?.record).toEqual(run.record);
    expect(new RunHome(folder, "other").latest()).toBeNull();
  });

  it("is no link: what that leads to keeps its rights, and its files", async () => {
    const elsewhere = freshPath("elsewhere");
    mkdirSync(elsewhere, { mode: 0o755 });
    writeFileSync(join(elsewhere, ".gitignore"), "mine");
    const refused = async (folder: string, what: RegExp): Promise<void> => {
      const error = await errorOf(() => new RunHome(folder, "shop").start("shop", "digest", now));
      expect([error.code, error.exit, error.message]).toEqual(["LOCAL_DISK", 2, expect.stringMatching(what)]);
      expect([mode(elsewhere), readFileSync(join(elsewhere, ".gitignore"), "utf8")]).toEqual(["755", "mine"]);
      expect(readdirSync(elsewhere)).toEqual([".gitignore"]);
    };
    for (const path of [".rowhaul", ".rowhaul/shop"]) {
      const folder = freshPath("project");
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      symlinkSync(elsewhere, join(folder, path));
      await refused(folder, /project\/\.rowhaul(\/shop)? is a symbolic link/);
    }
    const file = freshPath("project");
    mkdirSync(file);
    writeFileSync(join(file, ".rowhaul"), "");
    await refused(file, /\.rowhaul is no folder/);
    const run = freshPath("project");
    mkdirSync(join(run, ".rowhaul/shop"), { recursive: true });
    writeFileSync(join(run, ".rowhaul/shop/current.json"), '{"version":1,"run":"../../../elsewhere"}');
    expect(await codeOf(() => new RunHome(run, "shop").latest())).toBe("RUN_FILE_DAMAGED");
  });

  it.runIf(process.geteuid?.() === 0)("is not another user's, not even for root", async () => {
    const folder = freshPath("project");
    mkdirSync(join(folder, ".rowhaul"), { recursive: true });
    chownSync(join(folder, ".rowhaul"), 65_534, 65_534);
    const error = await errorOf(() => new RunHome(folder, "shop"));
    expect([error.code, error.message]).toEqual(["LOCAL_DISK", expect.stringContaining("(uid 65534; this one is 0)")]);
  });

  it("is not written to through links inside it", async () => {
    const folder = freshPath("project");
    const other = freshPath("other.txt");
    writeFileSync(other, "mine");
    mkdirSync(join(folder, ".rowhaul"), { recursive: true });
    symlinkSync(other, join(folder, ".rowhaul/.gitignore"));
    const run = new RunHome(folder, "shop").start("shop", "digest", now);
    symlinkSync(other, run.journalPath);
    symlinkSync(other, run.file("plan.json.part"));
    expect(await codeOf(() => new Journal(run.journalPath).write({ step: "rollback" }))).toBe("LOCAL_DISK");
    expect(readFileSync(other, "utf8")).toBe("mine");
  });

  it("keeps what is saved, and its stage", () => {
    const run = new RunHome(freshPath("project"), "shop").start("shop", "digest", now);
    const catalog = {
      encoding: "UTF-8",
      tables: [],
      views: [],
      triggers: [],
      virtualTables: [],
      internal: ["ünïcode"],
    };
    run.save("catalog", catalog);
    run.update({ stage: "loaded" });
    expect([run.catalog, run.record.stage, run.record.settings]).toEqual([catalog, "loaded", "digest"]);
    expect(mode(run.file("catalog.json"))).toBe("600");
  });

  it("says when a part of it is lost", async () => {
    const run = new RunHome(freshPath("project"), "shop").start("shop", "digest", now);
    expect(await codeOf(() => run.plan)).toBe("SNAPSHOT_LOST");
  });

  it("of later runs come later, and all go away together", () => {
    const folder = freshPath("project");
    const home = new RunHome(folder, "shop");
    const first = home.start("shop", "digest", now);
    const second = home.start("shop", "digest", new Date(now.getTime() + 1000));
    expect(home.all().map((run) => run.record.id)).toEqual([first.record.id, second.record.id]);
    expect(home.latest()?.record.id).toBe(second.record.id);
    const other = new RunHome(folder, "other");
    other.start("other", "digest", now);
    home.remove();
    expect(readdirSync(join(folder, ".rowhaul")).sort()).toEqual([".gitignore", "other"]);
    other.remove();
    expect(existsSync(join(folder, ".rowhaul"))).toBe(false);
  });

  it("that cannot be made is an error of ours", async () => {
    const file = freshPath();
    writeFileSync(file, "in the way");
    expect(await codeOf(() => new RunHome(file, "shop").start("shop", "digest", now))).toBe("LOCAL_DISK");
  });
});

describe("a file of a run", () => {
  it("is written whole, and leaves nothing beside it", () => {
    const path = freshPath("x.json");
    writeJson(path, { a: 1 });
    writeJson(path, { a: 2 });
    expect(readJson(path)).toEqual({ a: 2 });
    expect([mode(path), existsSync(`${path}.part`), readJson(freshPath())]).toEqual(["600", false, null]);
  });

  it("that cannot be written is an error of ours", async () => {
    const error = await errorOf(() => writeJson(join(freshPath("missing"), "x.json"), {}));
    expect(error.code).toBe("LOCAL_DISK");
  });
});

describe("the journal", () => {
  const edit: PlannedEdit = {
    file: "/f",
    paths: ["a"],
    backup: "/b",
    before: "x",
    after: "y",
    mode: 0o600,
    uid: 0,
    gid: 0,
  };

  it("is open until its cutover is done or undone", () => {
    const journal = new Journal(freshPath("journal"));
    expect([journal.steps(), journal.open(), journal.edits()]).toEqual([[], null, []]);
    journal.write({ step: "cutover", edits: [edit] });
    journal.write({ step: "schema switched" });
    expect(journal.open()?.map(({ step }) => step)).toEqual(["cutover", "schema switched"]);
    journal.write({ step: "done" });
    expect(journal.open()).toBeNull();
    journal.write({ step: "rollback" });
    expect(journal.open()?.map(({ step }) => step)).toEqual(["rollback"]);
    journal.write({ step: "undone" });
    expect([journal.open(), journal.edits()]).toEqual([null, [edit]]);
  });

  it("is read by another process, and is private", () => {
    const path = freshPath("journal");
    new Journal(path).write({ step: "cutover", edits: [] });
    expect(new Journal(path).open()).toHaveLength(1);
    expect(mode(path)).toBe("600");
  });

  it("survives a line cut short, and goes on after it", () => {
    const path = freshPath("journal");
    const journal = new Journal(path);
    journal.write({ step: "cutover", edits: [edit] });
    appendFileSync(path, '{"at":"2024","step":"schema swi');
    expect(journal.open()?.map(({ step }) => step)).toEqual(["cutover"]);
    journal.write({ step: "undone" });
    expect([journal.open(), journal.steps().map(({ step }) => step)]).toEqual([null, ["cutover", "undone"]]);
  });

  it("that cannot be written is an error of ours", async () => {
    const folder = freshPath("journal");
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    expect(await codeOf(() => new Journal(folder).write({ step: "done" }))).toBe("LOCAL_DISK");
  });
});
