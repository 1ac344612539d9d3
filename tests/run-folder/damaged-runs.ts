/** A pipeline with a run, into a SQLite file and with a settings file to rewrite: what is damaged can be put back. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import {
  clean,
  cutover,
  RowhaulError,
  readPipeline,
  report,
  rollback,
  run,
  type Settings,
  validate,
} from "../../src/index.ts";
import { homeOf } from "../../src/pipeline/home-of.ts";
import { statusWithErrors } from "../../src/pipeline/jobs/status.ts";
import { freshPath } from "../support/scratch-database.ts";

export type Scene = {
  readonly folder: string;
  readonly settings: Settings;
  /** The application's settings file. */
  readonly env: string;
  /** Absolute path of a file of the newest run, or of its home. */
  path(name: string): string;
  /** Everything as it was when the scene was made. */
  restore(): void;
};

export const runFiles = [
  "current.json",
  "run.json",
  "plan.json",
  "catalog.json",
  "profile.json",
  "journal.jsonl",
  "snapshot.db",
  "report.json",
  "seconds.json",
] as const;

/** `until`: how far its run came. `text` is one of its cells. */
export async function makeScene(
  until: "validated" | "done",
  text = "a",
  before: (folder: string) => void = () => {},
): Promise<Scene> {
  const folder = freshPath(`scene-${until}`);
  mkdirSync(folder);
  const db = new Database(join(folder, "app.db"));
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (2, 'b')");
  db.prepare("INSERT INTO t VALUES (1, ?)").run(text);
  db.close();
  writeFileSync(join(folder, ".env"), "DATABASE_URL=sqlite:app.db\n");
  writeFileSync(
    join(folder, "p.yaml"),
    [
      "name: app",
      "source: { kind: sqlite, path: app.db }",
      "target: { kind: sqlite, path: new.db, existing: keep-aside }",
      "cutover:",
      '  - { file: .env, set: { DATABASE_URL: "${target.url}" } }',
    ].join("\n"),
  );
  before(folder);
  const settings = readPipeline(join(folder, "p.yaml"));
  await run(settings, { until: until === "done" ? "cutover" : "validate" });
  const kept = `${folder}.kept`;
  cpSync(folder, kept, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  const home = homeOf(settings);
  const latest = home.latest()?.path ?? "";
  return {
    folder,
    settings,
    env: readFileSync(join(folder, ".env"), "utf8"),
    path: (name) => join(name === "current.json" ? home.path : latest, name),
    restore() {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
      cpSync(kept, folder, { recursive: true, preserveTimestamps: true });
    },
  };
}

export const commands = {
  run: (settings: Settings) => run(settings),
  "run --fresh": (settings: Settings) => run(settings, { fresh: true, discardNewWrites: true }),
  status: async (settings: Settings) => {
    const wrong = statusWithErrors(settings).findLast(({ error }) => error !== null);
    if (wrong !== undefined) throw wrong.error;
  },
  report: async (settings: Settings) => {
    if (report(settings) === null) throw new RowhaulError("NO_RUN", "There is no report yet.");
  },
  validate: (settings: Settings) => validate(settings),
  cutover: (settings: Settings) => cutover(settings),
  rollback: (settings: Settings) => rollback(settings),
  clean: (settings: Settings) => clean(settings),
} as const;

export type CommandName = keyof typeof commands;

/** Null where it ends well; what is no error of ours, and would end with 70, is thrown on. */
export async function failureOf(name: CommandName, settings: Settings): Promise<RowhaulError | null> {
  try {
    await commands[name](settings);
    return null;
  } catch (thrown) {
    if (thrown instanceof RowhaulError) return thrown;
    throw thrown;
  }
}
